// Sums of exposures on their way to the service. A batch is frozen the moment it is closed: the same (instance, seq) has
// the same bytes in every try, so that the service can tell a repetition from news. One is in flight at a time. Only
// sums leave the process, never a targeting key.
import type { AttributeType } from './attribute-names.ts'
import { around, busyWaitMs, refusedWaitMs } from './backoff.ts'
import type { RampRow } from './ramp-counts.ts'
import { messageOf, postToService, RequestFailure, type ServiceAddress, unref } from './service.ts'
import type { MetricRow } from './metric-sums.ts'
import type { OnWarning } from './warnings.ts'
import { within } from './within.ts'

export interface Exposure {
  flag: string
  variant: string
  allocation: number
  count: number
}

export interface Sums {
  exposures: Exposure[]
  /** Of running ramps, by arm and sub-bucket. */
  ramps: RampRow[]
  metrics: MetricRow[]
}

interface Batch {
  seq: number
  body: string
  closedAt: number
  exposures: number
}

export interface TelemetryOptions {
  service: ServiceAddress
  sdk: { name: string; version: string }
  flushIntervalMs: number
  /** Empties the counters. */
  drain(): Sums
  /** Attributes to tell of, with the next batch. */
  attributes(): [string, AttributeType][]
  /** What is served; undefined before anything is. */
  served(): { epoch: string; revision: number } | undefined
  warn: OnWarning
  random(): number
}

export interface Telemetry {
  start(): void
  /** Closes a batch and tries to send what waits. Settles when that try has ended or `timeoutMs` is over. */
  flush(timeoutMs: number): Promise<void>
  stop(): void
}

/** Rows in one batch, which together stay below the service's limit of 1 MB: 2 000 rows of long keys are 200 kB. */
const ROWS_PER_BATCH = 2_000
/** Rows of up to 128 sub-buckets, and histograms, are some 10 kB each. */
const LONG_ROWS_PER_BATCH = 25
/** While the service is away a new batch is closed this often, so that a day of absence stays a few hundred batches. */
const SPAN_WHILE_AWAY_MS = 5 * 60_000
/** A machine that slept for weeks must not send a span that nobody accepts. */
const LONGEST_SPAN_MS = 7 * 24 * 60 * 60_000
const KEPT_MS = 24 * 60 * 60_000
const KEPT_CHARACTERS = 8 * 1024 * 1024

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { service, sdk, flushIntervalMs, warn, random } = options
  const waiting: Batch[] = []
  let seq = 0
  /** Not before `start`: loading the clock is a tenth of the time to the first answer. */
  let openedAt: number | undefined
  let dropped = 0
  let failures = 0
  let notBefore = 0
  let sending: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let inFlight: AbortController | undefined

  function closeBatches(): void {
    const { exposures, ramps, metrics } = options.drain()
    const now = performance.now()
    const spanMs = Math.min(Math.round(now - (openedAt ?? now)), LONGEST_SPAN_MS)
    openedAt = now
    const served = options.served()
    const close = (content: Partial<Sums> & Pick<Sums, 'exposures'>) => {
      seq += 1
      const head = { instance: service.instance, seq, sdk, spanMs, ...content, ...served }
      const attributes = options.attributes()
      if (attributes.length > 0) Object.assign(head, { attributes })
      const body = JSON.stringify({ ...head, ...(dropped > 0 ? { dropped } : {}) })
      dropped = 0
      waiting.push({ seq, body, closedAt: now, exposures: sum(content.exposures) })
    }
    // What there is of each kind goes together: a request costs the service more than what is in it.
    const parts = partsOf(exposures, ROWS_PER_BATCH)
    const rampParts = partsOf(ramps, LONG_ROWS_PER_BATCH)
    const metricParts = partsOf(metrics, LONG_ROWS_PER_BATCH)
    const count = Math.max(parts.length, rampParts.length, metricParts.length)
    for (let at = 0; at < count; at += 1) {
      close({
        exposures: parts[at] ?? [],
        ...(rampParts[at] && { ramps: rampParts[at] }),
        ...(metricParts[at] && { metrics: metricParts[at] }),
      })
    }
  }

  /** What is too old, or more than memory should hold, goes; the service is told how much it was. */
  function dropExcess(): void {
    const now = performance.now()
    let characters = waiting.reduce((total, batch) => total + batch.body.length, 0)
    for (let oldest = waiting[0]; oldest; oldest = waiting[0]) {
      if (now - oldest.closedAt <= KEPT_MS && characters <= KEPT_CHARACTERS) return
      characters -= oldest.body.length
      dropOldest()
    }
  }

  function dropOldest(): void {
    dropped += waiting.shift()?.exposures ?? 0
  }

  async function sendWaiting(): Promise<void> {
    for (let batch = waiting[0]; batch; batch = waiting[0]) {
      try {
        await sendBatch(batch)
      } catch (error) {
        if (!(error instanceof RequestFailure)) throw error
        if (error.kind !== 'rejected') {
          const waitMs =
            error.kind === 'refused' ? refusedWaitMs(random()) : busyWaitMs(error.waitMs, failures, random())
          notBefore = performance.now() + waitMs
          failures += 1
          return
        }
        // Repeating what the service calls wrong would hold up everything behind it for ever.
        warn(`a batch of exposures was dropped: ${error.message}`)
        if (waiting[0] === batch) dropOldest()
        continue
      }
      failures = 0
      notBefore = 0
      if (waiting[0] === batch) waiting.shift()
    }
  }

  async function sendBatch(batch: Batch): Promise<void> {
    inFlight = new AbortController()
    const headers = { 'Rampart-Batch-Age-Ms': String(Math.round(performance.now() - batch.closedAt)) }
    const answer = await postToService(service, '/sdk/v1/telemetry', batch.body, headers, inFlight)
    // Only the word of the service counts: a proxy's friendly 200 page is no acknowledgement.
    const acknowledged = (answer as { acknowledged?: unknown } | undefined)?.acknowledged
    if (acknowledged !== batch.seq) throw new RequestFailure('failed', 'exposures were not acknowledged')
  }

  function send(): Promise<void> {
    if (sending) return sending
    sending = sendWaiting()
      .catch((error: unknown) => warn(`exposures could not be sent: ${messageOf(error)}`))
      .finally(() => {
        sending = undefined
      })
    return sending
  }

  function tick(): void {
    const now = performance.now()
    if (waiting.length === 0 || now - (openedAt ?? now) >= SPAN_WHILE_AWAY_MS) closeBatches()
    dropExcess()
    if (waiting.length > 0 && now >= notBefore) void send()
    schedule()
  }

  function schedule(): void {
    timer = unref(setTimeout(tick, around(flushIntervalMs, random(), 0.2)))
  }

  return {
    start() {
      openedAt = performance.now()
      schedule()
    },
    async flush(timeoutMs) {
      const sendAll = async () => {
        await sending
        closeBatches()
        dropExcess()
        if (waiting.length > 0) await send()
      }
      await within(timeoutMs, sendAll())
    },
    stop() {
      clearTimeout(timer)
      inFlight?.abort(new Error('closed'))
    },
  }
}

function partsOf<T>(rows: T[], length: number): T[][] {
  const parts: T[][] = []
  for (let from = 0; from < rows.length; from += length) parts.push(rows.slice(from, from + length))
  return parts
}

function sum(exposures: Exposure[]): number {
  return exposures.reduce((total, exposure) => total + exposure.count, 0)
}
