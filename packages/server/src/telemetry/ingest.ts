import type { FlagDocument } from '@rampart/evaluation'
import type { Logger } from 'pino'
import type { Db } from '../db/store.ts'
import type { DeliveryMetrics } from '../delivery/metrics.ts'
import { DomainError } from '../http/errors.ts'
import { type Count, type CountedBatch, recordBatches } from './record-batches.ts'
import type { TelemetryBatch } from './telemetry.schemas.ts'

/** Batches wait so long for company; one commit then serves all of them. */
const GATHER_MS = 200
/** Enough to be worth a commit at once. */
const FULL_COUNTS = 20_000
/** Beyond this the database is too slow for the traffic, and waiting would only use up memory. */
const MAX_WAITING_COUNTS = 500_000
const MAX_WAITING_BATCHES = 20_000
/** A failure is reported for so long; where nobody sends anything more, no success would ever end it. */
const PROBLEM_MS = 60_000

interface Acknowledgement {
  acknowledged: number
  duplicate: boolean
  ignored: number
}

export interface Ingest {
  /**
   * Counts a batch; resolves after the commit. Throws UNAVAILABLE when it was not counted: the client keeps it.
   * @param ageMs how long ago the batch was closed
   */
  count(environmentId: string, batch: TelemetryBatch, ageMs: number): Promise<Acknowledgement>
  /**
   * Counts a batch of a page, and only flags that pages may see. Pages send a batch once and never again: a cursor for
   * each page that anybody ever opened would fill the database.
   */
  countOfPage(environmentId: string, batch: TelemetryBatch): Promise<Acknowledgement>
  /** What is wrong now, if anything. */
  problem(): string | undefined
  /** Commits what waits. */
  close(): Promise<void>
}

export interface IngestParts {
  db: Db
  log: Logger
  metrics: DeliveryMetrics
  findFlag(environmentId: string, key: string): FlagDocument | undefined
  /** Milliseconds since 1970. */
  now?: () => number
}

interface Waiting {
  batch: CountedBatch
  arrivedAt: number
  resolve(isNew: boolean): void
  reject(error: unknown): void
}

/**
 * Gathers the batches of all SDKs into one transaction at a time. Nothing notifies anybody on this path: a commit with
 * NOTIFY takes a lock over the whole database.
 */
export function createIngest({ db, log, metrics, findFlag, now = Date.now }: IngestParts): Ingest {
  let waiting: Waiting[] = []
  let waitingCounts = 0
  let timer: NodeJS.Timeout | undefined
  let committing: Promise<void> | undefined
  /** When a commit last failed and none has succeeded since, on the clock of performance.now(). */
  let failedAt: number | undefined

  function plan(): void {
    if (waitingCounts >= FULL_COUNTS) commitSoon()
    else timer ??= setTimeout(commitSoon, GATHER_MS)
  }

  /** One commit at a time; what arrives meanwhile goes into the next one. */
  function commitSoon(): void {
    clearTimeout(timer)
    timer = undefined
    committing ??= commit().finally(() => {
      committing = undefined
      if (waiting.length > 0) plan()
    })
  }

  async function commit(): Promise<void> {
    const taken = takeOnePerInstance()
    try {
      const isNew = await recordBatches(
        db,
        taken.map(({ batch }) => batch),
      )
      failedAt = undefined
      taken.forEach((entry, at) => {
        metrics.telemetryCommitSeconds.observe((performance.now() - entry.arrivedAt) / 1000)
        metrics.telemetryBatches.inc({ outcome: isNew[at] ? 'counted' : 'duplicate' })
        entry.resolve(isNew[at] === true)
      })
    } catch (cause) {
      failedAt = performance.now()
      log.warn({ err: cause, batches: taken.length }, 'telemetry could not be written; SDKs keep it')
      metrics.telemetryBatches.inc({ outcome: 'refused' }, taken.length)
      const error = new DomainError('UNAVAILABLE', 'The batch was not counted. Keep it and send it again.', { cause })
      for (const entry of taken) entry.reject(error)
    }
  }

  /** A repeat that overtook its first try waits for the next commit: a statement may touch a cursor only once. */
  function takeOnePerInstance(): Waiting[] {
    const taken = new Map<string, Waiting>()
    const left: Waiting[] = []
    const ofPages: Waiting[] = []
    for (const entry of waiting.sort((a, b) => (a.batch.seq ?? 0) - (b.batch.seq ?? 0))) {
      const id = `${entry.batch.environmentId} ${entry.batch.instance}`
      if (entry.batch.seq === undefined) ofPages.push(entry)
      else if (taken.has(id)) left.push(entry)
      else taken.set(id, entry)
    }
    waiting = left
    waitingCounts = left.reduce((sum, entry) => sum + entry.batch.counts.length, 0)
    return [...taken.values(), ...ofPages]
  }

  /** Counters for flags and variants that do not exist here are left out: an old SDK must not block its own batch. */
  function known(environmentId: string, { exposures }: TelemetryBatch, ageMs: number, isPage: boolean): Count[] {
    const minute = Math.floor((now() - ageMs) / 60_000) * 60_000
    return exposures.flatMap(({ flag: key, variant, allocation, count }) => {
      const flag = findFlag(environmentId, key)
      if (isPage && !flag?.clientVisible) return []
      const exists = flag?.variants.some((candidate) => candidate.name === variant)
      return exists ? [{ flagKey: key, variant, allocation, minute, count }] : []
    })
  }

  async function enqueue(counted: CountedBatch, batch: TelemetryBatch): Promise<Acknowledgement> {
    const { counts } = counted
    if (waiting.length >= MAX_WAITING_BATCHES || waitingCounts + counts.length > MAX_WAITING_COUNTS) {
      metrics.telemetryBatches.inc({ outcome: 'refused' })
      throw new DomainError('UNAVAILABLE', 'Too much telemetry waits for the database. Keep it and send it later.')
    }
    const isNew = await new Promise<boolean>((resolve, reject) => {
      waiting.push({ batch: counted, arrivedAt: performance.now(), resolve, reject })
      waitingCounts += counts.length
      plan()
    })
    return { acknowledged: batch.seq, duplicate: !isNew, ignored: batch.exposures.length - counts.length }
  }

  return {
    count(environmentId, batch, ageMs) {
      const { instance, seq } = batch
      return enqueue({ environmentId, instance, seq, counts: known(environmentId, batch, ageMs, false) }, batch)
    },
    countOfPage(environmentId, batch) {
      const { instance } = batch
      const counts = known(environmentId, batch, 0, true)
      return enqueue({ environmentId, instance, seq: undefined, counts }, batch)
    },
    problem() {
      const lately = failedAt !== undefined && performance.now() - failedAt < PROBLEM_MS
      return lately ? 'telemetry cannot be written; SDKs keep it and send it again' : undefined
    },
    async close() {
      while (committing || waiting.length > 0) {
        if (!committing) commitSoon()
        await committing
      }
    },
  }
}
