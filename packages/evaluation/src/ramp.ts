// Which arm of a running ramp somebody is in. The arms are compared with each other, so only people about whom the ramped
// rollout decides belong to one: those whom an earlier rule, a target or a prerequisite answers for do not.
import type { CompiledFlag } from './compile-flag.ts'
import { allHold } from './condition.ts'
import { answerBefore } from './evaluate.ts'
import type { Outcome } from './outcome.ts'
import type { CompiledRollout } from './rollout.ts'
import { keyOf, type User } from './user.ts'

export interface CompiledRamp {
  /** The rollout that the ramp changes. */
  readonly rollout: CompiledRollout
  /** Index of its rule. */
  readonly at: number
}

/** The ramp says nothing about this user. */
export const NO_ARM = -1
/** In reach of the rollout and outside of its share. The arms behind it are the rollout's `inside`, in order. */
export const CONTROL_ARM = 0

/**
 * The arm of a user to whom `decide` gave `outcome`. A user without the id that the rollout hashes is in none: ask
 * `unitFor` first.
 * @throws whatever reading the user throws
 */
export function armOf(flag: CompiledFlag, user: User, outcome: Outcome): number {
  const { ramp } = flag
  if (ramp === null) return NO_ARM
  const { rollout } = ramp
  if (outcome.rollout === rollout) {
    return outcome === rollout.outside ? CONTROL_ARM : rollout.inside.indexOf(outcome) + 1
  }
  // Where a rollout passes on, the answer is somebody else's, and those it passed on are its control all the same.
  return rollout.outside === null && isReached(flag, user, ramp.at) ? CONTROL_ARM : NO_ARM
}

function isReached(flag: CompiledFlag, user: User, at: number): boolean {
  const key = keyOf(user)
  const rule = flag.rules[at]
  return rule !== undefined && answerBefore(at, flag, user, key) === null && allHold(rule.conditions, user, key)
}
