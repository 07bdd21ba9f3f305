import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { SdkKeyLookup } from '../access/sdk-key-lookup.ts'
import type { Store } from '../db/store.ts'
import { encodeEvent, encodeGoodbye, HEARTBEAT } from './encode.ts'
import type { Announcement, EnvironmentFeed } from './environment-feed.ts'
import { EventStream, STREAM_LIMITS, type StreamClient, type StreamLimits } from './event-stream.ts'
import { createFanOut } from './fan-out.ts'
import { followNotices } from './follow-notices.ts'
import type { KillNotice } from './kill-memory.ts'
import { createEnvironmentLoader } from './load-environments.ts'
import type { DeliveryMetrics } from './metrics.ts'
import type { Notice } from './notices.ts'
import type { Position } from './position.ts'
import { createQuarantine } from './quarantine.ts'
import { readPositions } from './read-environment.ts'
import { createResetPacer } from './reset-pacer.ts'

/** Told how a kill went out, and which streams were lost since. Writes it down for all replicas to count. */
export interface KillRecorder {
  sent(environmentId: string, announcement: Announcement): void
  lost(environmentId: string, instance: string): void
}

export interface PublisherOptions {
  /** How often every environment's revision is looked up. */
  pollMs?: number
  heartbeatMs?: number
  /** How long the database may stay behind what was served before a new epoch is set. */
  patienceMs?: number
  /** Most streams at once. */
  streamCap?: number
  streamLimits?: StreamLimits
}

export interface PublisherParts {
  store: Store
  sdkKeys: SdkKeyLookup
  log: Logger
  metrics: DeliveryMetrics
  kills: KillRecorder
  options?: PublisherOptions
}

export interface Publisher {
  /** Undefined for an environment this replica has not loaded. */
  feed(environmentId: string): EnvironmentFeed | undefined
  /** Opens an SDK's stream over a raw response, or says why not. */
  openStream(
    environmentId: string,
    client: StreamClient,
    cursor: Position | undefined,
    response: ServerResponse,
  ): 'open' | 'full' | 'unknown'
  /** Opens a stream of `change` events for the screens of a project. */
  openEvents(projectId: string, credentialId: string, response: ServerResponse): 'open' | 'full'
  streamCount(): number
  /** What is wrong with delivery now, in words for people; empty when nothing is. */
  problems(): string[]
  /** Sends everybody away, each to come back at a moment of its own, and takes no more streams. */
  sayGoodbye(): Promise<void>
  close(): Promise<void>
}

const KEY_CHECK_POLLS = 2
/** A screen reconnects by itself; until then its session may have ended. */
const EVENTS_LIFETIME_MS = 10 * 60_000

/** Streams of a server that stops come back over one millisecond each, so that the others can take them. */
const MAX_GOODBYE_SPREAD_MS = 25_000

/**
 * Loads every environment and keeps its streams up to date. A notification makes it quick and the poll makes it
 * certain; while the database is away everything goes on from memory. Rejects when the first load fails.
 */
export async function startPublisher(parts: PublisherParts): Promise<Publisher> {
  const { store, sdkKeys, log, metrics, kills } = parts
  const { pollMs = 1000, heartbeatMs = 15_000, patienceMs = 10_000, streamCap = 16_000 } = parts.options ?? {}
  const streamLimits = parts.options?.streamLimits ?? STREAM_LIMITS
  const fanOut = createFanOut()
  const pacer = createResetPacer()
  const quarantine = createQuarantine(log)
  const now = () => performance.now()
  const loader = createEnvironmentLoader({ db: store.db, log, quarantine, fanOut, pacer, patienceMs, now })

  const feeds = new Map<string, EnvironmentFeed>()
  const screens = new Map<string, Set<EventStream>>()
  let screenCount = 0
  let streamCount = 0
  let closing = false
  let failingSince: number | undefined

  // --- From the database -------------------------------------------------------------------------------------------

  /** Environments being read; true when another reading must follow. */
  const reading = new Map<string, boolean>()

  /** Brings one environment up to date. Bursts become one reading after the one that runs. */
  async function refresh(environmentId: string): Promise<void> {
    if (reading.has(environmentId)) {
      reading.set(environmentId, true)
      return
    }
    try {
      do {
        reading.set(environmentId, false)
        // The last patch must be out first: while sockets are busy, further changes gather into one.
        await fanOut.settled()
        await refreshOnce(environmentId)
      } while (reading.get(environmentId))
    } finally {
      reading.delete(environmentId)
    }
  }

  async function refreshOnce(environmentId: string): Promise<void> {
    const feed = feeds.get(environmentId)
    const startedAt = now()
    const refreshed = await loader.refresh(environmentId, feed, (kill, ageMs) => {
      if (feed) announce(feed, kill, ageMs)
    })
    if (!refreshed) return
    feeds.set(environmentId, refreshed.feed)
    const { state } = refreshed.feed
    metrics.revision.set({ project: state.project, environment: state.environment }, state.revision)
    if (refreshed.changed.length === 0) return
    metrics.refreshSeconds.observe((now() - startedAt) / 1000)
    tellScreens(state.projectId, { environment: state.environment, revision: state.revision, flags: refreshed.changed })
  }

  function refreshSoon(environmentId: string): void {
    refresh(environmentId).catch((error: unknown) =>
      log.warn({ err: error, environmentId }, 'change could not be read'),
    )
  }

  function announce(feed: EnvironmentFeed, kill: KillNotice, ageMs: number): void {
    const startedAt = now()
    feed
      .announce(kill, ageMs)
      ?.then((announcement) => {
        metrics.fanOutSeconds.observe({ event: kill.kind }, (now() - startedAt) / 1000)
        metrics.killsSent.inc(announcement.deliveries.filter((delivery) => delivery.sentMs !== null).length)
        kills.sent(feed.state.id, announcement)
      })
      .catch((error: unknown) => log.error({ err: error, kill }, 'kill could not be sent'))
  }

  function onNotice(notice: Notice): void {
    if (notice.about === 'keys') {
      sdkKeys.invalidate()
      closeRevokedSoon()
      return
    }
    if (notice.about === 'echo') return
    const feed = feeds.get(notice.environmentId)
    if (!feed) return
    // The payload says all that clients need: the kill leaves before the row is read.
    if (notice.about === 'kill') announce(feed, notice.kill, 0)
    refreshSoon(notice.environmentId)
  }

  let polls = 0
  let pollTimer: NodeJS.Timeout | undefined
  let polling: Promise<void> | undefined

  async function poll(): Promise<void> {
    try {
      for (const seen of await readPositions(store.db)) {
        if (loader.concerns(seen.id, feeds.get(seen.id), seen)) refreshSoon(seen.id)
      }
      if (++polls % KEY_CHECK_POLLS === 0) await closeRevoked()
      failingSince = undefined
    } catch (error) {
      failingSince ??= Date.now()
      metrics.pollFailures.inc()
      log.warn({ err: error }, 'the database does not answer; serving from memory')
    }
  }

  /** Polls now; called again meanwhile, it does nothing: one poll that hangs must not become many. */
  function pollNow(): void {
    if (closing || polling) return
    clearTimeout(pollTimer)
    polling = poll().finally(() => {
      polling = undefined
      if (closing) return
      pollTimer = setTimeout(pollNow, pollMs)
    })
  }

  async function closeRevoked(): Promise<void> {
    const open = new Set<string>()
    for (const feed of feeds.values()) for (const stream of feed.streams) open.add(stream.client.credentialId)
    if (open.size === 0) return
    const revoked = new Set(await sdkKeys.revokedAmong([...open]))
    if (revoked.size === 0) return
    for (const feed of feeds.values()) {
      for (const stream of feed.streams) if (revoked.has(stream.client.credentialId)) stream.end()
    }
  }

  function closeRevokedSoon(): void {
    closeRevoked().catch((error: unknown) => log.warn({ err: error }, 'revoked SDK keys could not be looked up'))
  }

  // --- To the sockets ----------------------------------------------------------------------------------------------

  function tellScreens(projectId: string, change: { environment: string; revision: number; flags: string[] }): void {
    const streams = screens.get(projectId)
    if (streams?.size) void fanOut.send(encodeEvent('change', JSON.stringify(change)), streams)
  }

  function* everyStream(): Generator<EventStream> {
    for (const feed of feeds.values()) yield* feed.streams
    for (const streams of screens.values()) yield* streams
  }

  // One timer for all: ten thousand timers would wake the process all the time.
  const heartbeat = setInterval(() => void fanOut.send(HEARTBEAT, everyStream()), heartbeatMs)

  function isFull(): boolean {
    return closing || streamCount + screenCount >= streamCap
  }

  const started = await readPositions(store.db)
  for (const { id } of started) await refreshOnce(id)
  const notices = await followNotices(store, log, { notice: onNotice, listening: pollNow })
  pollNow()

  async function sayGoodbye(): Promise<void> {
    if (closing) return
    closing = true
    clearTimeout(pollTimer)
    clearInterval(heartbeat)
    const leaving = [...everyStream()]
    const spreadMs = Math.min(MAX_GOODBYE_SPREAD_MS, leaving.length)
    for (const stream of leaving) stream.end(encodeGoodbye(Math.round(Math.random() * spreadMs)))
  }

  return {
    feed: (environmentId) => feeds.get(environmentId),
    openStream(environmentId, client, cursor, response) {
      const feed = feeds.get(environmentId)
      if (!feed) return 'unknown'
      if (isFull()) return 'full'
      const onClose = (stream: EventStream) => {
        feed.leave(stream)
        streamCount--
        if (client.instance && !closing && feed.killedLately()) kills.lost(environmentId, client.instance)
      }
      streamCount++
      feed.open(new EventStream(response, client, onClose, streamLimits), cursor)
      return 'open'
    },
    openEvents(projectId, credentialId, response) {
      if (isFull()) return 'full'
      const streams = screens.get(projectId) ?? new Set()
      screens.set(projectId, streams)
      const client = { instance: undefined, name: '', sdk: '', credentialId }
      const onClose = (stream: EventStream) => {
        clearTimeout(lifetime)
        streams.delete(stream)
        screenCount--
      }
      const stream = new EventStream(response, client, onClose, streamLimits)
      const lifetime = setTimeout(() => stream.end(), EVENTS_LIFETIME_MS)
      screenCount++
      streams.add(stream)
      stream.write(HEARTBEAT)
      return 'open'
    },
    streamCount: () => streamCount,
    problems() {
      const away = failingSince && `the database does not answer since ${new Date(failingSince).toISOString()}`
      return [away, notices.problem(), ...quarantine.problems()].filter((problem) => typeof problem === 'string')
    },
    sayGoodbye,
    async close() {
      await sayGoodbye()
      await notices.stop()
      await polling
    },
  }
}
