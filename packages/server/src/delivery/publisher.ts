import type { ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { SdkKeyLookup, StreamHolder } from '../access/sdk-key-lookup.ts'
import type { Store } from '../db/store.ts'
import type { StreamRecorder } from '../sdks/connected-sdks.ts'
import { admitStreams } from './admit-streams.ts'
import { encodeGoodbye, HEARTBEAT } from './encode.ts'
import type { Announcement, EnvironmentFeed } from './environment-feed.ts'
import { EventStream, STREAM_LIMITS, type StreamClient, type StreamLimits } from './event-stream.ts'
import { createFanOut } from './fan-out.ts'
import type { Audience } from './followers.ts'
import { followNotices } from './follow-notices.ts'
import type { KillNotice } from './kill-memory.ts'
import { createEnvironmentLoader } from './load-environments.ts'
import type { DeliveryMetrics } from './metrics.ts'
import type { Notice } from './notices.ts'
import { createPoll } from './poll.ts'
import type { Position } from './position.ts'
import type { Copied, ReplicaCopy } from './replica-copy.ts'
import { createQuarantine } from './quarantine.ts'
import { readPositions } from './read-environment.ts'
import { readInTurn } from './read-in-turn.ts'
import { beat } from './replica-beats.ts'
import { createResetPacer } from './reset-pacer.ts'
import { createScreens } from './screens.ts'

/** Told how a kill went out, and which streams were lost since. Writes it down for all replicas to count. */
export interface KillRecorder {
  sent(environmentId: string, announcement: Announcement): void
  lost(environmentId: string, instance: string): void
}

export interface PublisherOptions {
  /** How often every environment's revision is looked up. */
  pollMs?: number
  heartbeatMs?: number
  /** How long a poll may take before the database counts as away. */
  answerMs?: number
  /** How long the database may stay behind what was served before a new epoch is set. */
  patienceMs?: number
  /** Most streams at once. */
  streamCap?: number
  /** Most new streams a second. */
  streamsPerSecond?: number
  streamLimits?: StreamLimits
}

export interface PublisherParts {
  store: Store
  /** This process, among those over the same database. */
  replica: { id: string; name: string }
  sdkKeys: SdkKeyLookup
  log: Logger
  metrics: DeliveryMetrics
  kills: KillRecorder
  /** Told which SDKs come and go. */
  streams: StreamRecorder
  /** Where this replica keeps what it serves, and what it kept, when it starts without the database. */
  copy?: ReplicaCopy | undefined
  copied?: Copied | undefined
  options?: PublisherOptions
}

/** `full` and `busy` say that a stream was not opened, and why. */
export type StreamOpening = 'open' | 'full' | 'busy'

export interface Publisher {
  /** Undefined for an environment this replica has not loaded. */
  feed(environmentId: string): EnvironmentFeed | undefined
  feeds(): Iterable<EnvironmentFeed>
  /** Opens an SDK's stream over a raw response, or says why not. */
  openStream(
    environmentId: string,
    client: StreamClient,
    cursor: Position | undefined,
    response: ServerResponse,
  ): StreamOpening | 'unknown'
  /** Opens a stream for somebody who gets values and no rules, or says why not. */
  openFollower(
    environmentId: string,
    audience: Audience,
    holder: StreamHolder,
    response: ServerResponse,
  ): StreamOpening | 'unknown'
  /** Opens a stream of `change` events for the screens of a project. */
  openEvents(projectId: string, credentialId: string, response: ServerResponse): StreamOpening
  streamCount(): number
  /** Events that wait for sockets. */
  waiting(): number
  /** What is wrong with delivery now, in words for people; empty when nothing is. */
  problems(): string[]
  /** Sends everybody away, each to come back at a moment of its own, and takes no more streams. */
  sayGoodbye(): void
  /** Says goodbye and stops following the database; waits for it as long as it takes. */
  close(): Promise<void>
}

/** Revoked keys are looked up at every second poll: their streams must end within 5 s without any notification. */
const KEY_CHECK_POLLS = 2
/** How often this replica says that it lives. */
const BEAT_POLLS = 2
/** All keys are read again now and then, should the word of a new one be lost: an outage may begin at any time. */
const ALL_KEYS_POLLS = 60
/** Streams of a server that stops come back over one millisecond each, so that the others can take them. */
const MAX_GOODBYE_SPREAD_MS = 25_000

/**
 * Loads every environment and keeps its streams up to date. A notification makes it quick and the poll makes it
 * certain; while the database is away everything goes on from memory, and from `copied` when it was away at the start.
 * Rejects when the first load fails.
 */
export async function startPublisher(parts: PublisherParts): Promise<Publisher> {
  const { store, replica, sdkKeys, log, metrics, kills, copy } = parts
  const { pollMs = 1000, heartbeatMs = 15_000, answerMs = 3000 } = parts.options ?? {}
  const { patienceMs = 10_000, streamCap = 16_000 } = parts.options ?? {}
  const streamLimits = parts.options?.streamLimits ?? STREAM_LIMITS
  const fanOut = createFanOut((event, { sent, elapsedMs }) => {
    metrics.fanOutSeconds.observe({ event }, elapsedMs / 1000)
    metrics.eventsSent.inc({ event }, sent)
  })
  const pacer = createResetPacer()
  const quarantine = createQuarantine(log)
  const screens = createScreens(fanOut, streamLimits)
  const admission = admitStreams(streamCap, parts.options?.streamsPerSecond)
  const now = () => performance.now()
  const loader = createEnvironmentLoader({ db: store.db, log, quarantine, fanOut, pacer, patienceMs, now })

  const feeds = new Map<string, EnvironmentFeed>()
  let streamCount = 0
  let closing = false
  let stopped: Promise<void> | undefined
  let failingSince: number | undefined
  /** When what is served was written to the disk; undefined when it came from the database. */
  let copiedAt: Date | undefined
  let readOnly = false

  // --- From the database -------------------------------------------------------------------------------------------

  async function refreshOnce(environmentId: string): Promise<void> {
    const feed = feeds.get(environmentId)
    const before = feed?.state
    const startedAt = now()
    const refreshed = await loader.refresh(environmentId, feed, (kill, ageMs) => {
      if (feed) announce(feed, kill, ageMs)
    })
    if (!refreshed) return
    const state = serve(refreshed.feed)
    if (state !== before) copy?.keep(refreshed.feed)
    if (refreshed.changed.length === 0) return
    const { projectId, environment, revision } = state
    metrics.refreshSeconds.observe((now() - startedAt) / 1000)
    screens.tell(projectId, { environment, revision, flags: refreshed.changed })
  }

  function serve(feed: EnvironmentFeed): EnvironmentFeed['state'] {
    const { id, project, environment, revision } = feed.state
    feeds.set(id, feed)
    metrics.revision.set({ project, environment }, revision)
    return feed.state
  }

  /** Holds every key, so that also those are let in during an outage whom this replica has never seen. */
  async function refreshKeys(): Promise<void> {
    try {
      const keys = await sdkKeys.readAll()
      sdkKeys.hold(keys, true)
      copy?.keepKeys(keys)
    } catch (error) {
      log.warn({ err: error }, 'SDK keys could not be read')
    }
  }

  const refresh = readInTurn(async (environmentId) => {
    // The last patch must be out first: while sockets are busy, further changes gather into one.
    await fanOut.settled()
    await refreshOnce(environmentId)
  })

  function refreshSoon(environmentId: string): void {
    refresh(environmentId).catch((error: unknown) =>
      log.warn({ err: error, environmentId }, 'change could not be read'),
    )
  }

  function announce(feed: EnvironmentFeed, kill: KillNotice, ageMs: number): void {
    feed
      .announce(kill, ageMs)
      ?.then((announcement) => kills.sent(feed.state.id, announcement))
      .catch((error: unknown) => log.error({ err: error, kill }, 'kill could not be sent'))
  }

  function onNotice(notice: Notice): void {
    if (notice.about === 'echo') return
    if (notice.about === 'keys') {
      sdkKeys.invalidate()
      void refreshKeys()
      closeRefused().catch((error: unknown) => log.warn({ err: error }, 'revoked SDK keys could not be looked up'))
      return
    }
    const feed = feeds.get(notice.environmentId)
    if (!feed) return
    // The payload says all that clients need: the kill leaves before the row is read.
    if (notice.about === 'kill') announce(feed, notice.kill, 0)
    refreshSoon(notice.environmentId)
  }

  /** Streams that can confirm a kill, by environment. */
  function countStreams(): Record<string, number> {
    return Object.fromEntries([...feeds].map(([id, feed]) => [id, feed.streams.size]))
  }

  let polls = 0
  const poll = createPoll(pollMs, async () => {
    // A query over a dead line ends when the system gives the connection up, minutes later. It is waited for, because
    // more of them would only fill the pool; but nobody needs to wait for the bad news.
    const late = setTimeout(() => noteFailure(new Error(`No answer within ${answerMs} ms.`)), answerMs)
    try {
      const askedAt = now()
      const positions = await readPositions(store.db)
      metrics.databaseSeconds.observe((now() - askedAt) / 1000)
      metrics.databaseUp.set(1)
      readOnly = positions.some((seen) => seen.readOnly)
      for (const seen of positions) {
        const feed = feeds.get(seen.id)
        if (feed) noteLag(feed, seen)
        if (loader.concerns(seen.id, feed, seen)) refreshSoon(seen.id)
      }
      if (polls % BEAT_POLLS === 0 && !readOnly) await beat(store.db, { ...replica, streams: countStreams() })
      if (++polls % KEY_CHECK_POLLS === 0) await closeRefused()
      if (failingSince !== undefined || polls % ALL_KEYS_POLLS === 0) await refreshKeys()
      if (failingSince !== undefined) log.warn('the database answers again')
      failingSince = undefined
      copiedAt = undefined
    } catch (error) {
      noteFailure(error)
    } finally {
      clearTimeout(late)
    }
  })

  function noteLag({ state }: EnvironmentFeed, seen: Position): void {
    const { project, environment, epoch, revision } = state
    metrics.behind.set({ project, environment }, epoch === seen.epoch ? Math.max(0, seen.revision - revision) : 0)
  }

  function noteFailure(error: unknown): void {
    metrics.pollFailures.inc()
    metrics.databaseUp.set(0)
    if (failingSince === undefined) log.error({ err: error }, 'the database does not answer; serving from memory')
    failingSince ??= Date.now()
  }

  async function closeRefused(): Promise<void> {
    const sdks = [...feeds.values()].flatMap((feed) => [...feed.streams, ...feed.followers])
    const streams = [...sdks, ...screens.streams()]
    if (streams.length === 0) return
    const refused = new Set(await sdkKeys.refusedAmong(streams.map(({ client }) => client)))
    for (const stream of streams) if (refused.has(stream.client)) stream.end()
  }

  // --- To the sockets ----------------------------------------------------------------------------------------------

  function* everyStream(): Generator<EventStream> {
    for (const feed of feeds.values()) {
      yield* feed.streams
      yield* feed.followers
    }
    yield* screens.streams()
  }

  /** Why no further stream can open now; undefined when one can. */
  function refusal(): 'full' | 'busy' | undefined {
    if (closing) return 'full'
    const admitted = admission.admit(streamCount + screens.count())
    return admitted === 'yes' ? undefined : admitted
  }

  function sayGoodbye(): void {
    if (closing) return
    closing = true
    clearInterval(heartbeat)
    stopped = poll.stop()
    const leaving = [...everyStream()]
    const spreadMs = Math.min(MAX_GOODBYE_SPREAD_MS, leaving.length)
    for (const stream of leaving) stream.end(encodeGoodbye(Math.round(Math.random() * spreadMs)))
  }

  if (parts.copied) {
    for (const state of parts.copied.environments) serve(loader.fromCopy(state))
    sdkKeys.hold(parts.copied.keys, false)
    copiedAt = parts.copied.at
    noteFailure(new Error('It was away when this replica started.'))
  } else {
    for (const { id } of await readPositions(store.db)) await refreshOnce(id)
    await refreshKeys()
  }
  const notices = followNotices(store, log, { notice: onNotice, listening: poll.now })
  if (!parts.copied) await notices.started
  poll.now()
  // One timer for all: ten thousand timers would wake the process all the time.
  const heartbeat = setInterval(() => void fanOut.send('heartbeat', HEARTBEAT, everyStream()), heartbeatMs)

  return {
    feed: (environmentId) => feeds.get(environmentId),
    feeds: () => feeds.values(),
    openStream(environmentId, client, cursor, response) {
      const feed = feeds.get(environmentId)
      if (!feed) return 'unknown'
      const refused = refusal()
      if (refused) return refused
      const onClose = (stream: EventStream) => {
        feed.leave(stream)
        streamCount--
        parts.streams.closed(environmentId, stream)
        if (client.instance && !closing && feed.killedLately()) kills.lost(environmentId, client.instance)
      }
      streamCount++
      const stream = new EventStream(response, client, onClose, streamLimits)
      feed.open(stream, cursor)
      parts.streams.opened(environmentId, stream, cursor?.revision)
      return 'open'
    },
    openFollower(environmentId, audience, holder, response) {
      const feed = feeds.get(environmentId)
      if (!feed) return 'unknown'
      const refused = refusal()
      if (refused) return refused
      const onClose = (stream: EventStream) => {
        feed.followers.leave(stream)
        streamCount--
      }
      streamCount++
      const client = { instance: undefined, name: '', sdk: audience, ...holder }
      feed.followers.open(audience, new EventStream(response, client, onClose, streamLimits), feed.state)
      return 'open'
    },
    openEvents(projectId, credentialId, response) {
      const refused = refusal()
      if (refused) return refused
      screens.open(projectId, credentialId, response)
      return 'open'
    },
    streamCount: () => streamCount,
    waiting: () => fanOut.waiting(),
    problems() {
      const away = failingSince && `the database does not answer since ${new Date(failingSince).toISOString()}`
      const from = copiedAt && `serving the copy that this replica wrote at ${copiedAt.toISOString()}`
      const refusing = readOnly && 'the database takes no changes (it is read-only: a standby?)'
      return [away, from, refusing, notices.problem(), quarantine.problem(), copy?.problem()].filter(
        (problem) => typeof problem === 'string',
      )
    },
    sayGoodbye,
    async close() {
      sayGoodbye()
      await Promise.all([stopped, notices.stop()])
    },
  }
}
