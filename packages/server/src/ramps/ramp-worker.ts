import type { Logger } from 'pino'
import { answeredWithin } from '../answered-within.ts'
import type { Db } from '../db/store.ts'
import type { DeliveryMetrics } from '../delivery/metrics.ts'
import { advanceDueRamp, nextDueInMs, RampFailure, type Taken } from './advance-due-ramp.ts'

/** Every replica looks this often; a ramp that is due sooner is met on time. */
const LOOK_MS = 1000
const SOONEST_MS = 20
/** Due and not moved: another replica is at it. */
const TAKEN_MS = 250
const CLOSING_MS = 2000

export interface RampWorker {
  /** Resolves when a move under way has ended, or will not end soon. */
  close(): Promise<void>
}

/**
 * Moves ramps when their time has come. It runs in every replica and needs no leader: the rows' locks decide who moves what. Its
 * own clock only decides when to ask; whether a ramp is due says the database's.
 */
export function startRampWorker(
  db: Db,
  log: Logger,
  metrics: Pick<DeliveryMetrics, 'rampMoves' | 'rampLateSeconds'>,
): RampWorker {
  const closing = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> = Promise.resolve()
  /** Said once, until it works again. */
  let isAway = false

  function count({ outcome, lateMs }: Taken): void {
    metrics.rampMoves.inc({ outcome })
    if (lateMs !== null) metrics.rampLateSeconds.observe(lateMs / 1000)
  }

  function plan(ms: number): void {
    if (closing.signal.aborted) return
    timer = setTimeout(() => {
      looking = look().then(plan)
    }, ms)
  }

  /** Moves all that is due and answers when to look again. */
  async function look(): Promise<number> {
    const failed: string[] = []
    try {
      while (!closing.signal.aborted) {
        try {
          if ((await advanceDueRamp(db, failed, count)) === undefined) break
        } catch (error) {
          if (!(error instanceof RampFailure)) throw error
          // One that cannot be moved now must not hold up the others; it is tried again with the next look.
          log.warn({ err: error, ramp: error.rampId }, 'a ramp could not be moved; trying again in a second')
          metrics.rampMoves.inc({ outcome: 'retry' })
          failed.push(error.rampId)
        }
      }
      const dueMs = (await nextDueInMs(db)) ?? LOOK_MS
      isAway = false
      if (failed.length > 0) return LOOK_MS
      return dueMs > 0 ? Math.min(LOOK_MS, Math.max(SOONEST_MS, dueMs)) : TAKEN_MS
    } catch (error) {
      if (!isAway && !closing.signal.aborted)
        log.warn({ err: error }, 'ramps stand still: the database does not answer')
      isAway = true
      return LOOK_MS
    }
  }

  plan(0)
  return {
    async close() {
      closing.abort()
      clearTimeout(timer)
      // A database that says nothing must not keep a server from stopping: what is not committed, another replica does.
      await answeredWithin(CLOSING_MS, looking).catch((error: unknown) => {
        log.warn({ err: error }, 'stopping in the middle of a look at the ramps')
      })
    },
  }
}
