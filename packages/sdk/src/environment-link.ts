// One process's link to one environment: its copy of the flags, the connection that keeps it fresh, the counters on their
// way back.
import { AttributeNames } from './attribute-names.ts'
import { type Connection, createConnection, type LiveSource } from './connection.ts'
import type { ConnectionState } from './connection-table.ts'
import type { AnswerSource } from './explanation.ts'
import { followOverrides } from './follow-overrides.ts'
import { createDiskCopy, type DiskCopy } from './disk-copy.ts'
import { type Change, HeldRows } from './held-rows.ts'
import type { Settings } from './options.ts'
import type { Overrides } from './overrides.ts'
import { readBootstrap } from './read-bootstrap.ts'
import { LinkCheck, type QaLink } from './qa-link.ts'
import { createReceipts, type Receipts } from './receipts.ts'
import { ServedFlags } from './served-flags.ts'
import { messageOf, type ServiceAddress } from './service.ts'
import { createTelemetry, type Sums, type Telemetry } from './telemetry.ts'
import { TrackedMetrics } from './tracked-metrics.ts'
import { SDK } from './version.ts'
import { callSafely, createWarn, type OnWarning } from './warnings.ts'
import { within } from './within.ts'

/** Where the flags in force came from, the best first. */
export type Source = 'stream' | 'poll' | 'disk' | 'bootstrap' | 'default'

export interface FlagChange {
  /** Keys of flags that were added, changed, killed, restored or removed. */
  flags: readonly string[]
  segments: readonly string[]
  revision: number
  source: Source
}

export interface Status {
  /** What the connection does now. `waiting` is the pause before the next try. */
  state: 'connecting' | 'streaming' | 'polling' | 'waiting' | 'refused' | 'closed'
  source: Source
  project: string
  environment: string
  epoch: string
  revision: number
  /** Number of flags known. */
  flags: number
  /** Milliseconds since the service last confirmed these flags, or since the disk copy was written. */
  ageMs: number | undefined
  /** Why the service cannot be had as it should, for people. */
  problem: string | undefined
  /** Keys of the flags that are overridden in this process. */
  overrides: readonly string[]
}

export interface EnvironmentLink {
  readonly flags: ServedFlags
  readonly metrics: TrackedMetrics
  readonly warn: OnWarning
  sourceOf(flag: string): AnswerSource
  status(): Status
  /** Settles when the service has answered, has refused the key, or the link is closed. */
  readonly answered: Promise<void>
  onChange(listener: (change: FlagChange) => void): () => void
  onStatus(listener: (status: Status) => void): () => void
  flush(timeoutMs: number): Promise<void>
  /** Lets go. The last one to do so closes the connection. */
  release(timeoutMs: number): Promise<void>
  /** What a QA link says, undefined when it is not good here and now. Never rejects. */
  readLink(token: string): Promise<QaLink | undefined>
}

const STATE_WORDS: Record<ConnectionState, Status['state']> = {
  idle: 'connecting',
  fetching: 'connecting',
  opening: 'connecting',
  streaming: 'streaming',
  resyncDue: 'streaming',
  resyncing: 'streaming',
  fetchLater: 'waiting',
  openLater: 'waiting',
  polling: 'polling',
  refused: 'refused',
  closed: 'closed',
}

/** A disk that hangs must not hold up the network. */
const DISK_HEAD_START_MS = 500

/** @param isLast lets go for one client and tells whether that was the last */
export function openLink(settings: Settings, isLast: () => boolean): EnvironmentLink {
  const warn = createWarn(settings.onWarning)
  const rows = new HeldRows()
  const pause = () => waitFor(0)
  const attributes = new AttributeNames()
  const flags = new ServedFlags({ pause, warn, onUser: (user) => attributes.see(user) })
  const metrics = new TrackedMetrics(flags, warn)
  const links = new LinkCheck()
  const listeners = new Set<(change: FlagChange) => void>()
  const statusListeners = new Set<(status: Status) => void>()
  let toldStatus = ''
  const random = Math.random
  let instance: string | undefined
  const service: ServiceAddress = {
    url: settings.url,
    sdkKey: settings.sdkKey,
    // With the first request: loading `crypto` is a third of the time to the first answer.
    get instance() {
      instance ??= crypto.randomUUID()
      return instance
    },
    name: settings.name,
    sdk: `${SDK.name}/${SDK.version}`,
    fetch: settings.fetch,
  }
  let source: Source = 'default'
  let diskAge: { ms: number; at: number } | undefined
  let settle: () => void = () => undefined
  const answered = new Promise<void>((resolve) => {
    settle = resolve
  })

  const disk: DiskCopy | undefined =
    settings.diskPath === undefined
      ? undefined
      : createDiskCopy({ folder: settings.diskPath, url: settings.url, sdkKey: settings.sdkKey, rows, pause, warn })
  const receipts: Receipts = createReceipts(service, random)
  const telemetry: Telemetry = createTelemetry({
    service,
    sdk: SDK,
    flushIntervalMs: settings.flushIntervalMs,
    drain: drainSums,
    attributes: () => attributes.drain(),
    served: () => rows.cursor && { epoch: rows.cursor.epoch, revision: rows.cursor.revision },
    warn,
    random,
  })
  const connection: Connection = createConnection({
    service,
    rows,
    pollIntervalMs: settings.pollIntervalMs,
    heartbeatMs: settings.heartbeatMs,
    pause,
    random,
    warn,
    onNews(change: Change, from: LiveSource) {
      source = from
      takeOver(change)
      if (change.outcome === 'applied') disk?.writeSoon()
      tellStatus()
      settle()
    },
    onReceipt: (receipt, windowMs) => receipts.confirm(receipt, windowMs),
    onRefused: () => settle(),
    onStep: () => tellStatus(),
  })

  /** Once per flush it also looks at one user, of one of the flags that were asked for. */
  function drainSums(): Sums {
    const sums = flags.drain()
    const asked = new Set(sums.exposures.map(({ flag }) => flag))
    const drained = { ...sums, metrics: metrics.drain(asked) }
    const shown = [...asked][Math.floor(random() * asked.size)]
    if (shown !== undefined) flags.showNext(shown)
    return drained
  }

  function status(): Status {
    const age = ageMs()
    return {
      state: STATE_WORDS[connection.state()],
      source,
      project: rows.project,
      environment: rows.environment,
      epoch: rows.cursor?.epoch ?? '',
      revision: rows.cursor?.revision ?? 0,
      flags: rows.flags.size,
      ageMs: age === undefined ? undefined : Math.round(age),
      problem: connection.problem(),
      overrides: flags.overriddenKeys(),
    }
  }

  /** The connection takes many steps; a listener hears of those that mean something else to it. */
  function tellStatus(): void {
    const words = `${STATE_WORDS[connection.state()]} ${source}`
    if (words === toldStatus) return
    toldStatus = words
    for (const listener of statusListeners) callSafely(() => listener(status()), warnOfListener)
  }

  function warnOfListener(error: unknown): void {
    warn(`a listener threw: ${messageOf(error)}`)
  }

  function takeOver(change: Change): void {
    const hasChanged = change.flags.length > 0 || change.segments.length > 0
    if (change.outcome === 'applied' || hasChanged) flags.follow(rows, change)
    if (!hasChanged) return
    const { revision } = flags.compiled
    for (const listener of listeners) {
      callSafely(() => listener({ flags: change.flags, segments: change.segments, revision, source }), warnOfListener)
    }
  }

  function takeBootstrap(): void {
    if (settings.bootstrap === undefined) return
    const snapshot = readBootstrap(settings.bootstrap)
    // Read once: it is not kept beside what was made of it.
    settings.bootstrap = undefined
    if (snapshot instanceof Error) {
      warn(`the bootstrap cannot be used: ${snapshot.message}`)
      return
    }
    source = 'bootstrap'
    takeOver(rows.applySnapshot(snapshot))
    rows.provisional = true
  }

  function takeOverrides(overrides: Overrides): void {
    const changed = flags.override(overrides)
    const keys = Object.keys(overrides)
    if (keys.length > 0) warn(`flags are overridden in this process, whatever the service says: ${keys.join(', ')}`)
    takeOver({ outcome: 'ignored', flags: changed, segments: [] })
  }

  async function takeDisk(copy: DiskCopy): Promise<void> {
    const found = await copy.read()
    const isTooLate = source === 'stream' || source === 'poll' || connection.state() === 'closed'
    if (!found || isTooLate) return
    const change = rows.applySnapshot(found.snapshot)
    if (change.outcome !== 'applied') return
    source = 'disk'
    diskAge = { ms: found.ageMs, at: performance.now() }
    takeOver(change)
  }

  async function start(): Promise<void> {
    const diskRead = disk && within(DISK_HEAD_START_MS, takeDisk(disk))
    // A turn later: the first use of `fetch` and of the clock loads much code, and the first answers need not wait for that.
    await waitFor(0)
    if (connection.state() === 'closed') return
    telemetry.start()
    await diskRead
    connection.start()
  }

  function ageMs(): number | undefined {
    if (source === 'disk' && diskAge) return diskAge.ms + performance.now() - diskAge.at
    return connection.silentForMs()
  }

  takeBootstrap()
  const overrides = followOverrides(settings.overrides, takeOverrides, warn)
  void start()

  return {
    flags,
    metrics,
    warn,
    answered: Promise.all([answered, overrides.known]).then(() => undefined),
    sourceOf: (flag) => (flags.isOverridden(flag) ? 'override' : source),
    status,
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onStatus(listener) {
      statusListeners.add(listener)
      return () => void statusListeners.delete(listener)
    },
    readLink: (token) => links.read(token, rows.linkKey, Date.now()),
    flush: (timeoutMs) => telemetry.flush(timeoutMs),
    async release(timeoutMs) {
      if (!isLast()) return
      connection.close()
      flags.close()
      overrides.stop()
      settle()
      await within(timeoutMs, Promise.all([telemetry.flush(timeoutMs), disk?.close()]))
      telemetry.stop()
      receipts.stop()
    },
  }
}

function waitFor(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}
