// Carries out what the connection table says: one fetch, one stream and one timer at a time. All news of the environment
// come in through here, are put before the law of held-rows.ts, and are reported outward.
import { around, busyWaitMs, clampWaitMs, refusedWaitMs } from './backoff.ts'
import { bodyChunks } from './body-chunks.ts'
import {
  type Action,
  CONNECTION_TABLE,
  type ConnectionEvent,
  type ConnectionState,
  isSilent,
  onlyPollingWorks,
  SILENT_AFTER_HEARTBEATS,
  streamingIsHopeless,
  wasHealthy,
} from './connection-table.ts'
import { type Change, type Cursor, type HeldRows, isOlder } from './held-rows.ts'
import { readSnapshot, type ReadSnapshot } from './read-snapshot.ts'
import { createStreamReader, MalformedEvent, type StreamEvent } from './read-stream.ts'
import { askService, messageOf, RequestFailure, type ServiceAddress, unref } from './service.ts'
import type { OnWarning } from './warnings.ts'

/** Where news came from. */
export type LiveSource = 'stream' | 'poll'

export interface ConnectionOptions {
  service: ServiceAddress
  rows: HeldRows
  pollIntervalMs: number
  heartbeatMs: number
  pause(): Promise<void>
  random(): number
  warn: OnWarning
  /** The service has spoken: what is held is confirmed by it, changed or not. */
  onNews(change: Change, source: LiveSource): void
  /** A kill or restore is in effect and wants a receipt. */
  onReceipt(receipt: { flag: string; revision: number }, windowMs: number): void
  onRefused(): void
}

export interface Connection {
  start(): void
  state(): ConnectionState
  /** Why the service cannot be had as it should; undefined when all is well. */
  problem(): string | undefined
  /** Milliseconds since the service was last heard, a heartbeat included; undefined before the first time. */
  silentForMs(): number | undefined
  close(): void
}

/** A stream says something as soon as it is open. Behind a proxy that buffers it does not. */
const FIRST_EVENT_TIMEOUT_MS = 10_000
const STALLED_BODY_MS = 10_000
/** Clients that find a gap in the same moment do not fetch in the same moment. */
const GAP_SPREAD_MS = 1_000

const DROPPED = new Error('dropped')
const SILENT = new Error('the stream fell silent')
const STALLED = new Error('the answer stalled')
const UNCHANGED: Change = { outcome: 'ignored', flags: [], segments: [] }

export function createConnection(options: ConnectionOptions): Connection {
  const { service, rows, pollIntervalMs, heartbeatMs, pause, random, warn } = options
  let state: ConnectionState = 'idle'
  let problem: string | undefined
  let failures = 0
  let silentStreams = 0
  let askedWaitMs: number | undefined
  let announcedWaitMs: number | undefined
  let spreadMs = GAP_SPREAD_MS
  let trustCursor = true
  /** The furthest that the stream has told of: a snapshot below it is not the last word. */
  let heardOf: Cursor | undefined
  let heardLastAt: number | undefined
  let heardFirstAt: number | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let fetching = new AbortController()
  let stream = new AbortController()

  function handle(event: ConnectionEvent): void {
    const step = CONNECTION_TABLE[state][event]
    state = step.to
    for (const action of step.actions) perform[action]()
  }

  const perform: Record<Action, () => void> = {
    fetch: () => void fetchSnapshot(),
    openStream: () => void openStream(),
    dropFetch: () => fetching.abort(DROPPED),
    dropStream: () => stream.abort(DROPPED),
    forgetCursor() {
      trustCursor = false
    },
    waitBackoff: () => wait(busyWaitMs(takeAskedWait(), Math.max(0, failures - 1), random())),
    waitSpread: () => wait(spreadMs * random()),
    waitPoll() {
      if (onlyPollingWorks(silentStreams)) wait(Math.max(around(pollIntervalMs, random()), takeAskedWait() ?? 0))
      else perform.waitBackoff()
    },
    waitRefused: () => wait(refusedWaitMs(random())),
    stopTimer: () => clearTimeout(timer),
  }

  function wait(ms: number): void {
    timer = unref(setTimeout(() => handle('due'), ms))
  }

  function takeAskedWait(): number | undefined {
    const asked = askedWaitMs
    askedWaitMs = undefined
    return asked
  }

  function heard(): void {
    heardLastAt = performance.now()
  }

  // --- snapshot ---

  async function fetchSnapshot(): Promise<void> {
    const attempt = new AbortController()
    fetching = attempt
    try {
      const snapshot = await downloadSnapshot(attempt)
      if (attempt.signal.aborted) return
      takeSnapshot(snapshot)
    } catch (error) {
      if (attempt.signal.reason === DROPPED) return
      failed(error, 'fetchFailed')
    }
  }

  /** Undefined when nothing has changed. */
  async function downloadSnapshot(attempt: AbortController): Promise<ReadSnapshot | undefined> {
    const { cursor } = rows
    const known = cursor && trustCursor && !rows.provisional ? `W/"${cursor.epoch}.${cursor.revision}"` : undefined
    const response = await askService(service, {
      path: '/sdk/v1/snapshot',
      headers: { Accept: 'application/x-ndjson', 'If-None-Match': known },
      signal: attempt.signal,
    })
    if (response.status === 304) {
      if (known === undefined) throw new RequestFailure('failed', 'the service answers 304 to a first request')
      return undefined
    }
    let watch: ReturnType<typeof setTimeout> | undefined
    const watched = () => {
      clearTimeout(watch)
      watch = unref(setTimeout(() => attempt.abort(STALLED), STALLED_BODY_MS))
    }
    watched()
    try {
      return await readSnapshot(bodyChunks(response, attempt.signal, watched), pause)
    } finally {
      clearTimeout(watch)
    }
  }

  function takeSnapshot(snapshot: ReadSnapshot | undefined): void {
    heard()
    if (snapshot) {
      const change = rows.applySnapshot(snapshot)
      if (change.outcome === 'distrusted') throw new RequestFailure('failed', change.problem ?? 'not believed')
      const bad = [...snapshot.badFlags, ...snapshot.badSegments].map((key) => `"${key}"`)
      if (snapshot.namelessLines > 0) bad.push(`${snapshot.namelessLines} more`)
      if (bad.length > 0) warn(`some of the snapshot cannot be read and stays as it was: ${bad.join(', ')}`)
      report(change, 'poll')
    } else {
      options.onNews(UNCHANGED, 'poll')
    }
    trustCursor = true
    problem = undefined
    const isOutrun = heardOf !== undefined && rows.cursor !== undefined && isOlder(rows.cursor, heardOf)
    if (isOutrun) failures += 1
    handle(isOutrun ? 'outrun' : 'fetched')
  }

  // --- stream ---

  async function openStream(): Promise<void> {
    const attempt = new AbortController()
    stream = attempt
    heardFirstAt = undefined
    const { cursor } = rows
    let watch: ReturnType<typeof setTimeout> | undefined
    let lastAt = performance.now()
    const watchSilence = () => {
      const limitMs = heardFirstAt === undefined ? FIRST_EVENT_TIMEOUT_MS : heartbeatMs * SILENT_AFTER_HEARTBEATS
      const now = performance.now()
      const silent = heardFirstAt === undefined ? now - lastAt >= limitMs : isSilent(lastAt, now, heartbeatMs)
      if (silent) attempt.abort(SILENT)
      else watch = unref(setTimeout(watchSilence, limitMs - (now - lastAt)))
    }
    try {
      const response = await askService(service, {
        path: '/sdk/v1/stream',
        headers: {
          Accept: 'text/event-stream',
          'Last-Event-ID': cursor && trustCursor ? `${cursor.epoch}.${cursor.revision}` : undefined,
        },
        signal: attempt.signal,
      })
      if (!response.headers.get('Content-Type')?.includes('text/event-stream')) {
        throw new RequestFailure('failed', 'the service (or a proxy before it) does not answer with an event stream')
      }
      lastAt = performance.now()
      watchSilence()
      const onHeard = () => {
        if (attempt.signal.aborted) return
        heard()
        lastAt = performance.now()
        if (heardFirstAt !== undefined) return
        heardFirstAt = lastAt
        clearTimeout(watch)
        watchSilence()
        problem = undefined
        silentStreams = 0
        handle('heard')
      }
      const onEvent = (event: StreamEvent) => {
        if (!attempt.signal.aborted) takeEvent(event)
      }
      const onRetry = (ms: number) => {
        announcedWaitMs = clampWaitMs(ms)
      }
      const feed = createStreamReader({ onHeard, onRetry, onEvent })
      for await (const chunk of bodyChunks(response, attempt.signal)) feed(chunk)
      throw new RequestFailure('failed', 'the stream ended')
    } catch (error) {
      if (attempt.signal.reason === DROPPED) return
      attempt.abort(DROPPED)
      streamFailed(error)
    } finally {
      clearTimeout(watch)
    }
  }

  function streamFailed(error: unknown): void {
    if (wasHealthy(heardFirstAt, performance.now())) failures = 0
    if (heardFirstAt === undefined) silentStreams += 1
    askedWaitMs = announcedWaitMs
    announcedWaitMs = undefined
    if (onlyPollingWorks(silentStreams)) {
      warn(`no stream can be kept open (${messageOf(error)}): asking every ${pollIntervalMs} ms instead`)
    }
    failed(error, streamingIsHopeless(silentStreams) ? 'hopeless' : 'lost')
  }

  function takeEvent(event: StreamEvent): void {
    const { type, data } = event
    switch (type) {
      case 'kill':
      case 'restore': {
        report(rows.applyKill(data, type === 'kill'), 'stream')
        if (data.receipt && rows.serves(data, type === 'kill')) {
          options.onReceipt({ flag: data.flag, revision: data.revision }, data.receipt.windowMs)
        }
        break
      }
      case 'patch':
        hearOf({ epoch: data.epoch, revision: data.to })
        report(rows.applyPatch(data), 'stream')
        break
      case 'current':
        hearOf(data)
        options.onNews(UNCHANGED, 'stream')
        if (isBehind(data)) fallBehind(GAP_SPREAD_MS)
        break
      case 'reset':
        hearOf(data)
        if (rows.cursor && isOlder(data, rows.cursor)) break
        fallBehind(data.spreadMs)
        break
    }
  }

  function isBehind(told: Cursor): boolean {
    return rows.cursor === undefined || isOlder(rows.cursor, told)
  }

  function hearOf({ epoch, revision }: Cursor): void {
    if (heardOf === undefined || isOlder(heardOf, { epoch, revision })) heardOf = { epoch, revision }
  }

  function fallBehind(withinMs: number): void {
    spreadMs = withinMs
    handle('behind')
  }

  // --- outward ---

  function report(change: Change, source: LiveSource): void {
    options.onNews(change, source)
    if (change.outcome === 'behind') fallBehind(GAP_SPREAD_MS)
  }

  function failed(error: unknown, event: 'fetchFailed' | 'lost' | 'hopeless'): void {
    failures += 1
    problem = messageOf(error)
    if (error instanceof MalformedEvent) {
      warn(`the stream said something that cannot be read (${problem}): fetching everything again`)
      handle('malformed')
      return
    }
    if (error instanceof RequestFailure) askedWaitMs = error.waitMs ?? askedWaitMs
    if (error instanceof RequestFailure && error.kind === 'refused') {
      warn(`${problem} The last known flags stay in force.`)
      options.onRefused()
      handle('refused')
      return
    }
    if (event === 'fetchFailed') warn(`${problem}. The last known flags stay in force; trying again.`)
    handle(event)
  }

  return {
    start: () => handle('start'),
    state: () => state,
    problem: () => problem,
    silentForMs: () => (heardLastAt === undefined ? undefined : performance.now() - heardLastAt),
    close: () => handle('close'),
  }
}
