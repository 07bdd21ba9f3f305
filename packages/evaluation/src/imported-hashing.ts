// The hashings of other systems, for rollouts that were imported from them: everybody stays where they were. Both are
// the same murmur3 with another input and another rounding.
import { hashUnit } from '#hash'
import { bucketOf, seedOf } from './bucket.ts'
import type { RolloutHashing } from './snapshot.ts'

export interface ImportedHashing {
  /** 0 .. 99 999: in the rollout when it is below the weight. */
  inclusion(unit: string): number
  /** 0 .. 99 999: the variant is the first whose running weight is above it. */
  variant(unit: string): number
}

/** Seed of the hash that picks a variant, in Unleash's clients. */
const UNLEASH_VARIANT_SEED = 86_028_157

export function importedHashing(name: RolloutHashing, salt: string): ImportedHashing {
  return name === 'unleash' ? unleash(salt) : flagd(salt)
}

/**
 * Unleash normalises `groupId:id` to 1 .. 100 and compares `normalised <= percentage`; variants to 1 .. 1 000. Each such
 * number becomes the last of the buckets that it covers, so that `bucket < weight` says the same. Shares between whole
 * per cents round down, as they would there.
 */
function unleash(groupId: string): ImportedHashing {
  const normalised = (unit: string, seed: number, steps: number) =>
    ((hashUnit(`${groupId}:${unit}`, seed) >>> 0) % steps) + 1
  return {
    inclusion: (unit) => normalised(unit, 0, 100) * 1000 - 1,
    variant: (unit) => normalised(unit, UNLEASH_VARIANT_SEED, 1000) * 100 - 1,
  }
}

/**
 * flagd's `fractional` only splits: `(murmur3(flagKey + targetingKey) * sum of weights) >> 32`. An imported one has the
 * weight 100 000; if it is ramped down later, inclusion needs a hash of its own, or it would follow the variants.
 */
function flagd(flagKey: string): ImportedHashing {
  const inclusionSeed = seedOf(`${flagKey}#inclusion`)
  return {
    inclusion: (unit) => bucketOf(hashUnit(unit, inclusionSeed)),
    variant: (unit) => bucketOf(hashUnit(flagKey + unit, 0)),
  }
}
