// Carries out what the connection table says: one fetch, one stream and one timer at a time. All news of the environment
// come in through here, are put before the law of held-rows.ts, and are reported outward.
import { around, busyWaitMs, clampWaitMs, lostStreamWaitMs, refusedWaitMs, resyncWaitMs } from './backoff.ts'
import {
  type Action,
  CONNECTION_TABLE,
  type ConnectionEvent,
  type ConnectionState,
  isRecent,
  onlyPollingWorks,
  streamingIsHopeless,
  wasHealthy,
} from './connection-table.ts'
import { downloadSnapshot } from './download-snapshot.ts'
import { followStream } from './follow-stream.ts'
import { type Change, type Cursor, type HeldRows, isOlder } from './held-rows.ts'
import type { ReadSnapshot } from './read-snapshot.ts'
import { MalformedEvent, type StreamEvent } from './read-stream.ts'
import { messageOf, RequestFailure, type ServiceAddress, unref } from './service.ts'
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
  /** The connection has gone from one state to the next. */
  onStep(): void
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

/** Clients that find a gap in the same moment do not fetch in the same moment. */
const GAP_SPREAD_MS = 1_000
const DROPPED = new Error('dropped')
const UNCHANGED: Change = { outcome: 'ignored', flags: [], segments: [] }

export function createConnection(options: ConnectionOptions): Connection {
  const { service, rows, pollIntervalMs, heartbeatMs, pause, random, warn, onStep } = options
  let state: ConnectionState = 'idle'
  let problem: string | undefined
  let fetching: AbortController | undefined
  let stream: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Failures since all went well for a minute. */
  let failures = 0
  let failedLastAt = Number.NEGATIVE_INFINITY
  /** True when the stream that was lost had worked for a minute: then many may have lost theirs. */
  let hasLostGoodStream = false
  /** Of this stream: between streams the backoff holds sway. */
  let resyncsLately = 0
  let resyncedLastAt = Number.NEGATIVE_INFINITY
  /** Streams in a row that never said anything. */
  let silentStreams = 0
  let heardFirstAt: number | undefined
  let heardLastAt: number | undefined
  /** What the service asked for: the wait after a busy answer or a goodbye, the spread of a reset. */
  let askedWaitMs: number | undefined
  let spreadMs = GAP_SPREAD_MS
  /** False after something unreadable: then everything is fetched, whatever is held. */
  let trustCursor = true
  /** The furthest that the stream has told of: a snapshot below it is not the last word. */
  let heardOf: Cursor | undefined

  function handle(event: ConnectionEvent): void {
    const step = CONNECTION_TABLE[state][event]
    state = step.to
    for (const action of step.actions) perform[action]()
    onStep()
  }

  const perform: Record<Action, () => void> = {
    fetch: () => void fetchSnapshot(),
    openStream: () => void openStream(),
    dropFetch: () => fetching?.abort(DROPPED),
    dropStream: () => stream?.abort(DROPPED),
    forgetCursor() {
      trustCursor = false
    },
    waitBackoff() {
      const asked = takeAskedWait()
      if (hasLostGoodStream && asked === undefined) wait(lostStreamWaitMs(random()))
      else wait(busyWaitMs(asked, Math.max(0, failures - 1), random()))
    },
    waitSpread() {
      const now = performance.now()
      resyncsLately = isRecent(resyncedLastAt, now) ? resyncsLately + 1 : 0
      resyncedLastAt = now
      wait(resyncWaitMs(spreadMs, resyncsLately, random()))
    },
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

  function trustedCursor(): Cursor | undefined {
    return trustCursor && !rows.provisional ? rows.cursor : undefined
  }

  async function fetchSnapshot(): Promise<void> {
    const attempt = new AbortController()
    fetching = attempt
    const cursor = trustedCursor()
    const etag = cursor && `W/"${cursor.epoch}.${cursor.revision}"`
    try {
      const snapshot = await downloadSnapshot(service, etag, attempt, pause)
      if (!attempt.signal.aborted) takeSnapshot(snapshot)
    } catch (error) {
      if (attempt.signal.reason !== DROPPED) failed(error, 'fetchFailed')
    }
  }

  function takeSnapshot(snapshot: ReadSnapshot | undefined): void {
    heardLastAt = performance.now()
    const change = snapshot ? rows.applySnapshot(snapshot) : UNCHANGED
    if (change.outcome === 'distrusted') throw new RequestFailure('failed', change.problem ?? 'it is not believed')
    if (snapshot) warnOfBadLines(snapshot)
    report(change, 'poll')
    trustCursor = true
    problem = undefined
    const isOutrun = heardOf !== undefined && isBehind(heardOf)
    if (isOutrun) countFailure()
    handle(isOutrun ? 'outrun' : 'fetched')
  }

  function warnOfBadLines({ badFlags, badSegments, namelessLines }: ReadSnapshot): void {
    const bad = [...badFlags, ...badSegments].map((key) => `"${key}"`)
    if (namelessLines > 0) bad.push(`${namelessLines} without a key`)
    if (bad.length > 0) warn(`some of the snapshot cannot be read and stays as it was: ${bad.join(', ')}`)
  }

  async function openStream(): Promise<void> {
    const attempt = new AbortController()
    stream = attempt
    heardFirstAt = undefined
    resyncsLately = 0
    const cursor = trustedCursor()
    const lastEventId = cursor && `${cursor.epoch}.${cursor.revision}`
    try {
      const onRetry = (ms: number) => {
        askedWaitMs = clampWaitMs(ms)
      }
      await followStream({ service, lastEventId, heartbeatMs, attempt, onHeard, onRetry, onEvent: takeEvent })
    } catch (error) {
      if (attempt.signal.reason === DROPPED) return
      // Whatever is still on its way ends here: there is one stream at a time.
      attempt.abort(DROPPED)
      streamFailed(error)
    }
  }

  function onHeard(): void {
    heardLastAt = performance.now()
    if (heardFirstAt !== undefined) return
    heardFirstAt = heardLastAt
    silentStreams = 0
    problem = undefined
    handle('heard')
  }

  function streamFailed(error: unknown): void {
    hasLostGoodStream = wasHealthy(heardFirstAt, performance.now())
    if (heardFirstAt === undefined) silentStreams += 1
    if (onlyPollingWorks(silentStreams)) {
      warn(`no stream can be kept open (${messageOf(error)}): asking every ${pollIntervalMs} ms instead`)
    }
    failed(error, streamingIsHopeless(silentStreams) ? 'hopeless' : 'lost')
    hasLostGoodStream = false
    heardFirstAt = undefined
  }

  /** Trouble long ago, and a stream that has worked ever since, make no wait longer. */
  function countFailure(): void {
    const now = performance.now()
    if (wasHealthy(heardFirstAt, now) && !isRecent(failedLastAt, now)) failures = 0
    failures += 1
    failedLastAt = now
  }

  function takeEvent({ type, data }: StreamEvent): void {
    switch (type) {
      case 'kill':
      case 'restore': {
        const killed = type === 'kill'
        report(rows.applyKill(data, killed), 'stream')
        if (data.receipt && rows.serves(data, killed)) {
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
        report(isBehind(data) ? { ...UNCHANGED, outcome: 'behind' } : UNCHANGED, 'stream')
        break
      case 'reset':
        hearOf(data)
        // A replica that lags resets those who are ahead of it, too: they have nothing to fetch from it.
        if (!rows.cursor || !isOlder(data, rows.cursor)) fallBehind(data.spreadMs)
        break
    }
  }

  function isBehind(told: Cursor): boolean {
    return rows.cursor === undefined || isOlder(rows.cursor, told)
  }

  function hearOf({ epoch, revision }: Cursor): void {
    if (heardOf === undefined || isOlder(heardOf, { epoch, revision })) heardOf = { epoch, revision }
  }

  function report(change: Change, source: LiveSource): void {
    options.onNews(change, source)
    if (change.outcome === 'behind') fallBehind(GAP_SPREAD_MS)
  }

  function fallBehind(withinMs: number): void {
    spreadMs = withinMs
    handle('behind')
  }

  function failed(error: unknown, event: 'fetchFailed' | 'lost' | 'hopeless'): void {
    countFailure()
    problem = messageOf(error)
    if (error instanceof MalformedEvent) {
      warn(`the stream said something that cannot be read (${problem}): fetching everything again`)
      handle('malformed')
      return
    }
    if (error instanceof RequestFailure && error.kind === 'refused') {
      warn(`${problem} The last known flags stay in force.`)
      options.onRefused()
      handle('refused')
      return
    }
    if (error instanceof RequestFailure) askedWaitMs = error.waitMs ?? askedWaitMs
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
