// The order of evaluation: killed, off, prerequisites, individual targets, rules, default rule. What does not depend
// on the user was decided when the flag was compiled; `decide` asks the rest.
import { makeOutcome } from './answers.ts'
import type { CompiledFlag } from './compile-flag.ts'
import type { CompiledRule } from './compile-rule.ts'
import type { CompiledSnapshot } from './compile-snapshot.ts'
import { allHold } from './condition.ts'
import { named } from './malformed.ts'
import type { DisabledMetadata, ErrorCode, Outcome, Reason } from './outcome.ts'
import { type CompiledRollout, inclusionBucketOf, serveRollout, unitFor } from './rollout.ts'
import type { JsonValue } from './snapshot.ts'
import { keyOf, NO_KEY, type User } from './user.ts'

/** An answer with everything that explains it. */
export interface Evaluation {
  /** The caller's default when `variant` is missing. */
  value: JsonValue
  variant?: string
  /** What `isEnabled` answers; missing with the variant. */
  enabled?: boolean
  reason: Reason
  errorCode?: ErrorCode
  errorMessage?: string
  ruleId?: string
  /** 0 .. 99 999, when a rollout decided and the user has the id it hashes. */
  bucket?: number
  /** Weight of the rollout that decided, out of 100 000. */
  weight?: number
  metadata?: DisabledMetadata
  /** Allocation version of the flag; missing for an unknown flag. */
  allocation?: number
  /** Environment revision of the snapshot that answered. */
  revision: number
}

/**
 * Picks the answer for one user. Asks nobody and never throws, whatever the flag or the user hold: attributes that throw
 * when they are read give the off variant with INVALID_CONTEXT, the only answer that is made on the spot.
 */
export function decide(flag: CompiledFlag, user: User): Outcome {
  if (flag.always) return flag.always
  try {
    // Never without: the compiler ends every list of rules with the default rule, which never passes on.
    return answerBefore(flag.rules.length, flag, user, keyOf(user)) ?? unreadableUser(flag)
  } catch {
    return unreadableUser(flag)
  }
}

/**
 * The answer of prerequisites, targets and the rules before index `end`, or null.
 * @throws whatever reading the user throws
 */
export function answerBefore(end: number, flag: CompiledFlag, user: User, key: string): Outcome | null {
  const { prerequisites, targets, rules } = flag
  for (let i = 0; i < prerequisites.length; i++) {
    const prerequisite = prerequisites[i] as CompiledFlag['prerequisites'][number]
    const outcome = decide(prerequisite.flag, user)
    if (outcome.errorCode || !prerequisite.wanted[outcome.slot]) return prerequisite.unmet
  }
  if (targets && key !== NO_KEY) {
    const outcome = targets.get(key)
    if (outcome) return outcome
  }
  for (let i = 0; i < end; i++) {
    const outcome = answerOf(rules[i] as CompiledRule, user, key)
    if (outcome) return outcome
  }
  return null
}

/** Null for a rule that does not match, or passes on. */
function answerOf(rule: CompiledRule, user: User, key: string): Outcome | null {
  if (!allHold(rule.conditions, user, key)) return null
  return rule.always ?? serveRollout(rule.rollout as CompiledRollout, user, key)
}

function unreadableUser(flag: CompiledFlag): Outcome {
  const errorMessage = 'an attribute of the user cannot be read'
  return makeOutcome(flag.answers, flag.answers.offSlot, 'ERROR', { errorCode: 'INVALID_CONTEXT', errorMessage })
}

/** Evaluates one flag for one user and explains the answer. Never throws. */
export function evaluate(snapshot: CompiledSnapshot, flagKey: string, user: User, fallback: JsonValue): Evaluation {
  const { revision } = snapshot
  const flag = snapshot.flag(flagKey)
  if (!flag) {
    const errorMessage = `flag ${named(flagKey)} does not exist`
    return { value: fallback, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND', errorMessage, revision }
  }
  const outcome = decide(flag, user)
  const answer: Evaluation = {
    value: outcome.value === undefined ? fallback : outcome.value,
    reason: outcome.reason,
    allocation: flag.allocation,
    revision,
  }
  for (const name of ['variant', 'enabled', 'errorCode', 'errorMessage', 'metadata'] as const) {
    if (outcome[name] !== undefined) answer[name] = outcome[name] as never
  }
  const rule = ruleBehind(flag, user)
  if (rule?.id !== undefined) answer.ruleId = rule.id
  if (rule?.rollout) {
    answer.weight = rule.rollout.weight
    const bucket = bucketFor(rule.rollout, user)
    if (bucket !== undefined) answer.bucket = bucket
  }
  return answer
}

/** The rule that answers this user; undefined when something before the rules does. */
function ruleBehind(flag: CompiledFlag, user: User): CompiledRule | undefined {
  if (flag.always) return flag.rules[0]
  try {
    const key = keyOf(user)
    if (answerBefore(0, flag, user, key)) return undefined
    return flag.rules.find((rule) => answerOf(rule, user, key))
  } catch {
    return undefined
  }
}

function bucketFor(rollout: CompiledRollout, user: User): number | undefined {
  try {
    const unit = unitFor(rollout, user, keyOf(user))
    return unit === NO_KEY ? undefined : inclusionBucketOf(rollout, unit)
  } catch {
    return undefined
  }
}
