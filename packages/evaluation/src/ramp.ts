// Which arm of a running ramp somebody is in. The arms are compared with each other, so only people about whom the ramped
// rollout decides belong to one: those whom an earlier rule, a target or a prerequisite answers for do not.
import { bucketOf } from './bucket.ts'
import type { CompiledFlag } from './compile-flag.ts'
import type { CompiledRule } from './compile-rule.ts'
import { allHold } from './condition.ts'
import { answerBefore } from './evaluate.ts'
import { type CompiledRollout, partOf } from './rollout.ts'
import { type FlagDocument, type MetricLimits, WEIGHT_SCALE } from './snapshot.ts'
import { keyOf, type User } from './user.ts'

export interface CompiledRamp {
  /** The rollout that the ramp changes. */
  readonly rollout: CompiledRollout
  /** Index of its rule. */
  readonly at: number
  /** By metric, as the document has them: not checked here, for they decide about no answer. */
  readonly limits: Readonly<Record<string, MetricLimits>> | undefined
}

/**
 * Finds the ramp that runs on one of the rules that can be reached; `rules` are all of the document's, null where one passes
 * everybody on. What cannot be understood is no ramp: it decides about no answer.
 */
export type FindRamp = (
  document: FlagDocument,
  rules: readonly (CompiledRule | null)[],
  reached: readonly CompiledRule[],
) => CompiledRamp | null

export const findRamp: FindRamp = ({ ramp, rules: documents }, rules, reached) => {
  if (ramp?.rule === undefined) return null
  const ramped =
    rules[ramp.rule === null ? rules.length - 1 : documents.findIndex(({ id }) => id === ramp.rule)] ?? null
  const at = ramped === null ? -1 : reached.indexOf(ramped)
  return at < 0 || !ramped?.rollout ? null : { rollout: ramped.rollout, at, limits: ramp.limits }
}

/** The ramp says nothing about this user. */
export const NO_ARM = -1
/** In reach of the rollout and outside of its share; also where a later rule answers for those passed on. */
export const CONTROL_ARM = 0

/** Variants of the arms, null for the control: the first arm, and always there. */
export function armsOf({ rollout }: CompiledRamp): (string | undefined | null)[] {
  const { only, inside } = rollout
  return [null, ...(only === null ? inside : [only]).map(({ variant }) => variant)]
}

/**
 * The arm of a user, found by `unit`, the id that the ramp's rollout hashes, and its `hash`.
 * @throws whatever reading the user throws
 */
export function armOf(flag: CompiledFlag, ramp: CompiledRamp, user: User, unit: string, hash: number): number {
  const { rollout, at } = ramp
  const key = keyOf(user)
  const rule = flag.rules[at]
  if (rule === undefined || answerBefore(at, flag, user, key) !== null) return NO_ARM
  if (!allHold(rule.conditions, user, key)) return NO_ARM
  const { weight, imported } = rollout
  const bucket = imported === null ? bucketOf(hash) : imported.inclusion(unit)
  if (weight < WEIGHT_SCALE && bucket >= weight) return CONTROL_ARM
  return CONTROL_ARM + 1 + (rollout.only === null ? partOf(rollout, unit) : 0)
}
