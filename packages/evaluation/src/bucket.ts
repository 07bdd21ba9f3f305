// The bucketing contract, version 1. It never changes: a changed bucket moves living users.
//
//   seed(salt)         = murmur3_x86_32(utf8(salt), 0)
//   hash(salt, unit)   = murmur3_x86_32(utf8(unit), seed(salt))
//   bucket(salt, unit) = floor(hash * 100000 / 2^32)                 0 .. 99 999
//   in the rollout     = bucket(salt, unit) < weight                 weight 0 .. 100 000
//   which variant      = first whose running weight > bucket(salt + '#variant', unit)
//
// What follows from it, and must stay true:
// - Raising a weight only adds people, lowering it removes those who came last: a bucket does not know the weight.
// - hash * 100 000 stays below 2^49, so a double holds it exactly: no BigInt, and no bias from a modulo.
// - Inclusion and variant use different salts, so ramping never moves anybody between variants.
// - The salt is hashed once, when a flag is compiled; an evaluation hashes the unit alone.
// - No Unicode normalisation. A lone surrogate is hashed as U+FFFD, because that is what UTF-8 encoders make of it.
import { hashUnit } from '#hash'
import { WEIGHT_SCALE } from './snapshot.ts'

/** Appended to a salt for the hash that picks a variant. */
export const VARIANT_SALT_SUFFIX = '#variant'

const BUCKETS_PER_HASH = WEIGHT_SCALE / 2 ** 32

/** Number of sub-buckets that the statistics of a running ramp sum over. */
export const SUB_BUCKETS = 128

/** The seed of a salt: computed once per rollout, never per evaluation. */
export function seedOf(salt: string): number {
  return hashUnit(salt, 0)
}

/** Turns a hash into a bucket, 0 .. 99 999. */
export function bucketOf(hash: number): number {
  // Multiplying by 100 000 / 2^32 equals the contract's division: a power of two only moves the exponent.
  return Math.floor((hash >>> 0) * BUCKETS_PER_HASH)
}

/** The sub-bucket of a unit, 0 .. 127, from the same hash that decided its inclusion. */
export function subBucketOf(hash: number): number {
  return hash & (SUB_BUCKETS - 1)
}
