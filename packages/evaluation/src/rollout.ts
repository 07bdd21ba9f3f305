// Serving a share of people: who is in, and which variant they get. The law is in bucket.ts.
import { hashUnit } from '#hash'
import { bucketOf } from './bucket.ts'
import type { ImportedHashing } from './imported-hashing.ts'
import type { Outcome } from './outcome.ts'
import { WEIGHT_SCALE } from './snapshot.ts'
import { type AttributePath, NO_KEY, readAttribute, type User, unitOf } from './user.ts'

export interface CompiledRollout {
  /** Null for the targeting key. */
  readonly bucketBy: AttributePath | null
  /** Of the hash that divides people, and whose last bits are their sub-bucket; for an imported rollout of the latter alone. */
  readonly seed: number
  readonly variantSeed: number
  readonly weight: number
  /** Null for the bucketing contract. */
  readonly imported: ImportedHashing | null
  /** The answer to those inside when they all get one variant, else null. */
  readonly only: Outcome | null
  /** One per variant that has a weight, and the running weights that end them; empty beside `only`. */
  readonly inside: readonly Outcome[]
  readonly bounds: readonly number[]
  /** Null passes on to the next rule. */
  readonly outside: Outcome | null
  /** For users without the id that would be hashed. */
  readonly unidentified: Outcome | null
}

/** The text that is hashed for this user, or NO_KEY. */
export function unitFor(rollout: CompiledRollout, user: User, key: string): string {
  return rollout.bucketBy ? unitOf(readAttribute(rollout.bucketBy, user, key)) : key
}

/** 0 .. 99 999: the unit is in the rollout when this is below its weight. */
export function inclusionBucketOf({ imported, seed }: CompiledRollout, unit: string): number {
  return imported ? imported.inclusion(unit) : bucketOf(hashUnit(unit, seed))
}

/** Null when the rollout passes this user on to the next rule. */
export function serveRollout(rollout: CompiledRollout, user: User, key: string): Outcome | null {
  const unit = unitFor(rollout, user, key)
  if (unit === NO_KEY) return rollout.unidentified
  const { weight } = rollout
  if (weight < WEIGHT_SCALE && inclusionBucketOf(rollout, unit) >= weight) return rollout.outside
  return rollout.only ?? (rollout.inside[partOf(rollout, unit)] as Outcome)
}

/** Which part of the split a unit inside gets. */
export function partOf({ imported, variantSeed, bounds }: CompiledRollout, unit: string): number {
  const bucket = imported ? imported.variant(unit) : bucketOf(hashUnit(unit, variantSeed))
  let part = 0
  while (bucket >= (bounds[part] as number)) part++
  return part
}

/**
 * The answer that needs no bucket, because everybody gets the same: nobody is in, or everybody is and there is one
 * variant. It holds for users without an id, too. Undefined when the bucket decides.
 */
export function constantOutcome(rollout: CompiledRollout): Outcome | null | undefined {
  if (rollout.weight === 0) return rollout.outside
  return rollout.weight === WEIGHT_SCALE && rollout.only ? rollout.only : undefined
}
