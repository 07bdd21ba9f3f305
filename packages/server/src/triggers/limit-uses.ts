import { DomainError } from '../http/errors.ts'

const MINUTE_MS = 60_000
/** An alert manager repeats itself every few minutes at most; a loop must not fill the history of a trigger. */
const USES_PER_MINUTE = 30
/** Secrets looked up a second in this process: each costs a query, and strangers can send as many as they like. */
const LOOKUPS_PER_SECOND = 100

export interface UseLimits {
  /** Before a secret is looked up. Throws RATE_LIMITED. */
  lookUp(): void
  /** Before a trigger does something. Throws RATE_LIMITED. */
  use(triggerId: string): void
}

/** How often triggers may be called, counted in this process. */
export function createUseLimits(now: () => number = () => performance.now()): UseLimits {
  const lookups = { startedAt: Number.NEGATIVE_INFINITY, count: 0 }
  /** One entry for each trigger that was used: there are as many as people made. */
  const uses = new Map<string, { startedAt: number; count: number }>()

  function countIn(window: { startedAt: number; count: number }, lengthMs: number, most: number): void {
    if (now() - window.startedAt >= lengthMs) Object.assign(window, { startedAt: now(), count: 0 })
    if (++window.count > most) throw new DomainError('RATE_LIMITED', 'This address is called too often. Wait a minute.')
  }

  return {
    lookUp: () => countIn(lookups, 1000, LOOKUPS_PER_SECOND),
    use(triggerId) {
      const window = uses.get(triggerId) ?? { startedAt: now(), count: 0 }
      uses.set(triggerId, window)
      countIn(window, MINUTE_MS, USES_PER_MINUTE)
    },
  }
}
