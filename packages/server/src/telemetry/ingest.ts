import type { Logger } from 'pino'
import type { Db } from '../db/store.ts'
import type { EnvironmentState } from '../delivery/environment-state.ts'
import type { DeliveryMetrics } from '../delivery/metrics.ts'
import { DomainError, isDatabaseAway } from '../http/errors.ts'
import { createAttributeNotes } from './attribute-notes.ts'
import { contentOf, type CountedBatch, sdkLabel } from './batch-content.ts'
import { createKnownMetrics } from './known-metrics.ts'
import { createSeriesNames } from './name-series.ts'
import { recordBatches } from './record-batches.ts'
import type { TelemetryBatch } from './telemetry.schemas.ts'

/** Batches wait so long for company; one commit then serves all of them. */
const GATHER_MS = 200
/** Enough to be worth a commit at once. */
const FULL_ROWS = 20_000
/** Beyond this the database is too slow for the traffic, and waiting would only use up memory. */
const MAX_WAITING_ROWS = 500_000
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
  /** How many batches wait for a commit. */
  waiting(): number
  /** Commits what waits. */
  close(): Promise<void>
}

export interface IngestParts {
  db: Db
  log: Logger
  metrics: DeliveryMetrics
  /** Undefined for an environment that this replica does not know. */
  stateOf(environmentId: string): EnvironmentState | undefined
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
export function createIngest({ db, log, metrics, stateOf, now = Date.now }: IngestParts): Ingest {
  const names = createSeriesNames()
  const knownMetrics = createKnownMetrics(db)
  const attributes = createAttributeNotes(db)
  let waiting: Waiting[] = []
  let waitingRows = 0
  let timer: NodeJS.Timeout | undefined
  let committing: Promise<void> | undefined
  /** When a commit last failed and none has succeeded since, on the clock of performance.now(). */
  let failedAt: number | undefined

  function plan(): void {
    if (waitingRows >= FULL_ROWS) commitSoon()
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
    await record(takeOnePerInstance())
    await attributes.write().catch((error: unknown) => log.warn({ err: error }, 'attribute names could not be written'))
  }

  async function record(taken: Waiting[]): Promise<void> {
    if (taken.length === 0) return
    try {
      const isNew = await recordBatches(
        db,
        names,
        taken.map(({ batch }) => batch),
      )
      failedAt = undefined
      taken.forEach((entry, at) => {
        metrics.telemetryCommitSeconds.observe((performance.now() - entry.arrivedAt) / 1000)
        metrics.telemetryBatches.inc({ outcome: isNew[at] ? 'counted' : 'duplicate' })
        entry.resolve(isNew[at] === true)
      })
    } catch (cause) {
      // What the database cannot take must not keep it from taking the others.
      if (!isDatabaseAway(cause) && taken.length > 1) {
        const half = Math.ceil(taken.length / 2)
        await record(taken.slice(0, half))
        await record(taken.slice(half))
        return
      }
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
    waitingRows = left.reduce((sum, { batch }) => sum + rowsOf(batch), 0)
    return [...taken.values(), ...ofPages]
  }

  async function enqueue(counted: CountedBatch, ignored: number, seq: number): Promise<Acknowledgement> {
    const rows = rowsOf(counted)
    if (waiting.length >= MAX_WAITING_BATCHES || waitingRows + rows > MAX_WAITING_ROWS) {
      metrics.telemetryBatches.inc({ outcome: 'refused' })
      throw new DomainError('UNAVAILABLE', 'Too much telemetry waits for the database. Keep it and send it later.')
    }
    const isNew = await new Promise<boolean>((resolve, reject) => {
      waiting.push({ batch: counted, arrivedAt: performance.now(), resolve, reject })
      waitingRows += rows
      plan()
    })
    return { acknowledged: seq, duplicate: !isNew, ignored }
  }

  /** @param ageMs undefined for a page */
  async function count(environmentId: string, batch: TelemetryBatch, ageMs: number | undefined) {
    const isPage = ageMs === undefined
    const state = stateOf(environmentId)
    const tracked = [...(batch.metrics ?? []), ...(batch.ramps ?? [])].flatMap(({ metric }) => metric ?? [])
    const known = state && (await knownMetrics.of(state.projectId, tracked, !isPage))
    const origin = { environmentId, nowMs: now(), ageMs: ageMs ?? 0, isPage }
    const { points, ramps, ignored } = contentOf(batch, origin, {
      flag: (key) => state?.flags.get(key),
      metric: (name) => known?.has(name) === true,
      trustsPages: (name) => known?.get(name) === true,
    })
    if (state && !isPage) attributes.note(state.projectId, batch.attributes ?? [], now())
    const { instance, seq, epoch, revision } = batch
    const served = epoch === undefined || revision === undefined ? undefined : { epoch, revision }
    const sdk = sdkLabel(batch)
    const counted = { environmentId, instance, seq: isPage ? undefined : seq, sdk, served, points, ramps }
    return enqueue(counted, ignored, seq)
  }

  return {
    count,
    countOfPage: (environmentId, batch) => count(environmentId, batch, undefined),
    waiting: () => waiting.length,
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

function rowsOf({ points, ramps }: CountedBatch): number {
  return points.length + ramps.length
}
