import type { JsonValue, User } from '@rampart/evaluation'
import { isAlike, type Widened } from '../alike.ts'
import type { Client } from '../client.ts'
import type { LinkedClient } from '../qa-link.ts'
import type { Explanation } from '../explanation.ts'
import type { FlagKey, IfKnown, KnownFlags, TypedAnswersForOne } from '../typed-flags.ts'

/**
 * Flags for one request and its user. Each flag is evaluated once: the answer is the same from the first line to the last,
 * also when a kill arrives in between, and counts one exposure.
 */
export interface RequestFlags {
  isEnabled(flag: string, fallback?: boolean): boolean
  variant(flag: string): string | undefined
  variant(flag: string, fallback: string): string
  value<T extends JsonValue>(flag: string, fallback: T): Widened<T>
  explain(flag: string): Explanation
  /** Counts something that happened to the user of this request. */
  track(metric: string, value?: number): void
}

/** The flags of one request for somebody whose compiler knows them. */
export interface TypedRequestFlags<Flags extends KnownFlags>
  extends TypedAnswersForOne<Flags>,
    Pick<RequestFlags, 'track'> {
  explain(flag: FlagKey<Flags>): Explanation
}

export type RequestFlagsOf<Flags extends KnownFlags> = IfKnown<Flags, TypedRequestFlags<Flags>, RequestFlags>

/** The part of a client that a request needs. */
export type RequestClient = Pick<Client, 'isEnabled' | 'explain' | 'track' | 'withLink'>

export interface StartedRequest {
  flags: RequestFlags
  /**
   * Reports `http.error` (0 or 1) and `http.duration` (milliseconds) when any flag was asked, so that the arms of running
   * ramps can be compared. Once; later calls do nothing.
   */
  finish(hasFailed: boolean): void
}

/** @param user asked for when the first flag is, so that a later middleware may say who it is */
export function startRequest(client: RequestClient | LinkedClient, user: () => User): StartedRequest {
  const startedAt = performance.now()
  const answers = new Map<string, Explanation>()
  let who: { user: User } | undefined
  let isFinished = false

  function find(): User {
    who ??= { user: user() }
    return who.user
  }

  function answer(flag: string): Explanation {
    const known = answers.get(flag)
    if (known) return known
    const explanation = client.explain(flag, find())
    // Counts the exposure of the answer that was just explained; nothing can come between the two.
    client.isEnabled(flag, find())
    answers.set(flag, explanation)
    return explanation
  }

  function variant(flag: string): string | undefined
  function variant(flag: string, fallback: string): string
  function variant(flag: string, fallback?: string): string | undefined {
    return answer(flag).variant ?? fallback
  }

  return {
    flags: {
      isEnabled: (flag, fallback = false) => answer(flag).enabled ?? fallback,
      variant,
      value<T extends JsonValue>(flag: string, fallback: T) {
        const { value } = answer(flag)
        return (value !== undefined && isAlike(value, fallback) ? value : fallback) as Widened<T>
      },
      explain: answer,
      track: (metric, value) => client.track(metric, find(), value),
    },
    finish(hasFailed) {
      if (isFinished || answers.size === 0) return
      isFinished = true
      client.track('http.error', find(), hasFailed ? 1 : 0)
      client.track('http.duration', find(), performance.now() - startedAt)
    },
  }
}
