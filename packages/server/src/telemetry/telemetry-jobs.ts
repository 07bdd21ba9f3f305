import { sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Db } from '../db/store.ts'
import { forgetOldAttributes } from './attribute-notes.ts'
import { createSeriesNames } from './name-series.ts'
import { closeStrata, foldDeltas, forgetOldStrata } from './ramp-sums.ts'
import { forgetOldCursors } from './record-batches.ts'
import { adoptEarlierCounts, forgetOldPoints, rollUpChangedHours } from './roll-up.ts'

const FOLD_MS = 5_000
const ROLL_UP_MS = 60_000
const FORGET_MS = 60 * 60_000

/** Any constants will do, as long as every replica of every version takes the same. */
const FOLD_LOCK = 7_246_201
const ROLL_UP_LOCK = 7_246_202

/** What is done to telemetry after it was counted, by whichever replica comes first. */
export interface TelemetryJobs {
  /** Folds the sums of ramps. False when another replica is at it. */
  fold(): Promise<boolean>
  /** Sums up minutes to hours and days. False when another replica is at it. */
  rollUp(): Promise<boolean>
  forget(): Promise<boolean>
  close(): Promise<void>
}

export function startTelemetryJobs(db: Db, log: Logger): TelemetryJobs {
  const names = createSeriesNames()
  const running = new Set<Promise<unknown>>()
  let isClosed = false

  /** Repeats a step in transactions of its own until it says that there is nothing left. */
  async function repeat(lock: number, step: (tx: Db) => Promise<boolean>): Promise<boolean> {
    for (;;) {
      const more = await underLock(db, lock, step)
      if (more === undefined) return false
      if (!more || isClosed) return true
    }
  }

  const jobs = {
    fold: () =>
      repeat(FOLD_LOCK, async (tx) => {
        await closeStrata(tx)
        return foldDeltas(tx)
      }),
    async rollUp() {
      while (await adoptEarlierCounts(db, names));
      return repeat(ROLL_UP_LOCK, rollUpChangedHours)
    },
    forget: () =>
      repeat(ROLL_UP_LOCK, async (tx) => {
        await forgetOldPoints(tx)
        await forgetOldStrata(tx)
        await forgetOldAttributes(tx)
        await forgetOldCursors(tx)
        return false
      }),
  }

  /** One run at a time; a slow database is not given a second one. */
  function every(ms: number, what: string, job: () => Promise<unknown>): NodeJS.Timeout {
    let isRunning = false
    const timer = setInterval(() => {
      if (isRunning) return
      isRunning = true
      const run = job()
        .catch((error: unknown) => log.warn({ err: error }, `${what} failed; trying again`))
        .finally(() => {
          isRunning = false
          running.delete(run)
        })
      running.add(run)
    }, ms)
    return timer.unref()
  }

  const timers = [
    every(FOLD_MS, 'folding the sums of ramps', jobs.fold),
    every(ROLL_UP_MS, 'summing up telemetry', jobs.rollUp),
    every(FORGET_MS, 'deleting old telemetry', jobs.forget),
  ]
  return {
    ...jobs,
    async close() {
      isClosed = true
      for (const timer of timers) clearInterval(timer)
      await Promise.all(running)
    },
  }
}

/** Runs `step` in a transaction that holds the lock to its end; undefined when another replica has it. */
async function underLock<T>(db: Db, lock: number, step: (tx: Db) => Promise<T>): Promise<T | undefined> {
  return db.transaction(async (tx) => {
    const [row] = await tx
      .select({ got: sql<boolean>`attempt.got` })
      .from(sql`(select pg_try_advisory_xact_lock(${lock}) as got) as attempt`)
    return row?.got ? step(tx) : undefined
  })
}
