// The life of the connection as one table. Everything that decides lives here and is pure; connection.ts only carries
// out the actions. The type demands a cell for every state and event, so a new event cannot be forgotten anywhere.

export type ConnectionState = keyof typeof STATES
export type ConnectionEvent = (typeof EVENTS)[number]

/** What each state is, and which of fetch, stream and timer are alive in it (at most the ones named). */
export const STATES = {
  /** Nothing done yet. */
  idle: { fetch: false, stream: false, timer: false },
  /** A snapshot is under way and there is no stream. */
  fetching: { fetch: true, stream: false, timer: false },
  /** The stream was asked for; its first event has not arrived. */
  opening: { fetch: false, stream: true, timer: false },
  /** The stream has spoken: changes arrive by themselves. */
  streaming: { fetch: false, stream: true, timer: false },
  /** The stream lives, and a snapshot is due soon because this copy is behind. Kills still arrive. */
  resyncDue: { fetch: false, stream: true, timer: true },
  /** The same, with the snapshot under way. */
  resyncing: { fetch: true, stream: true, timer: false },
  /** The last snapshot failed, or the stream said something unreadable: a full snapshot after a pause. */
  fetchLater: { fetch: false, stream: false, timer: true },
  /** A working stream broke: it is opened again, with Last-Event-ID, after a pause. */
  openLater: { fetch: false, stream: false, timer: true },
  /** Streaming cannot be had: a snapshot every poll interval, and one try of the stream after each. */
  polling: { fetch: false, stream: false, timer: true },
  /** The key was refused (401, 403): a slow retry, because keys get repaired. */
  refused: { fetch: false, stream: false, timer: true },
  /** Closed by the application. */
  closed: { fetch: false, stream: false, timer: false },
} as const

export const EVENTS = [
  'start',
  /** A snapshot was applied, or 304 said that nothing changed. */
  'fetched',
  /** A snapshot was applied, but the stream has meanwhile told of newer changes. */
  'outrun',
  'fetchFailed',
  /** 401 or 403, from the snapshot or from the stream. */
  'refused',
  /** The first event of a stream. */
  'heard',
  /** The stream ended, fell silent, or was not to be had. */
  'lost',
  /** Lost once more, after too many streams in a row that never said anything: see `streamingIsHopeless`. */
  'hopeless',
  /** An event could not be read. */
  'malformed',
  /** A reset, a gap between revisions, or a new epoch. */
  'behind',
  'due',
  'close',
] as const

export type Action =
  | 'fetch'
  | 'openStream'
  | 'dropFetch'
  | 'dropStream'
  | 'forgetCursor'
  | 'waitBackoff'
  | 'waitSpread'
  | 'waitPoll'
  | 'waitRefused'
  | 'stopTimer'

export interface Step {
  to: ConnectionState
  actions: readonly Action[]
}

const stay = (to: ConnectionState): Step => ({ to, actions: [] })
const go = (to: ConnectionState, ...actions: Action[]): Step => ({ to, actions })

/** Cells that cannot happen (an event of a fetch, stream or timer that the state does not have) stay where they are. */
export const CONNECTION_TABLE: Readonly<Record<ConnectionState, Readonly<Record<ConnectionEvent, Step>>>> = {
  idle: {
    start: go('fetching', 'fetch'),
    fetched: stay('idle'),
    outrun: stay('idle'),
    fetchFailed: stay('idle'),
    refused: stay('idle'),
    heard: stay('idle'),
    lost: stay('idle'),
    hopeless: stay('idle'),
    malformed: stay('idle'),
    behind: stay('idle'),
    due: stay('idle'),
    close: go('closed'),
  },
  fetching: {
    start: stay('fetching'),
    fetched: go('opening', 'openStream'),
    outrun: go('opening', 'openStream'),
    fetchFailed: go('fetchLater', 'waitBackoff'),
    refused: go('refused', 'waitRefused'),
    heard: stay('fetching'),
    lost: stay('fetching'),
    hopeless: stay('fetching'),
    malformed: stay('fetching'),
    behind: stay('fetching'),
    due: stay('fetching'),
    close: go('closed', 'dropFetch'),
  },
  opening: {
    start: stay('opening'),
    fetched: stay('opening'),
    outrun: stay('opening'),
    fetchFailed: stay('opening'),
    refused: go('refused', 'dropStream', 'waitRefused'),
    heard: stay('streaming'),
    lost: go('openLater', 'dropStream', 'waitBackoff'),
    hopeless: go('polling', 'dropStream', 'waitPoll'),
    malformed: go('fetchLater', 'dropStream', 'forgetCursor', 'waitBackoff'),
    behind: go('resyncDue', 'waitSpread'),
    due: stay('opening'),
    close: go('closed', 'dropStream'),
  },
  streaming: {
    start: stay('streaming'),
    fetched: stay('streaming'),
    outrun: stay('streaming'),
    fetchFailed: stay('streaming'),
    refused: go('refused', 'dropStream', 'waitRefused'),
    heard: stay('streaming'),
    lost: go('openLater', 'dropStream', 'waitBackoff'),
    hopeless: go('polling', 'dropStream', 'waitPoll'),
    malformed: go('fetchLater', 'dropStream', 'forgetCursor', 'waitBackoff'),
    behind: go('resyncDue', 'waitSpread'),
    due: stay('streaming'),
    close: go('closed', 'dropStream'),
  },
  resyncDue: {
    start: stay('resyncDue'),
    fetched: stay('resyncDue'),
    outrun: stay('resyncDue'),
    fetchFailed: stay('resyncDue'),
    refused: go('refused', 'stopTimer', 'dropStream', 'waitRefused'),
    heard: stay('resyncDue'),
    lost: go('fetchLater', 'stopTimer', 'dropStream', 'waitBackoff'),
    hopeless: go('polling', 'stopTimer', 'dropStream', 'waitPoll'),
    malformed: go('fetchLater', 'stopTimer', 'dropStream', 'forgetCursor', 'waitBackoff'),
    behind: stay('resyncDue'),
    due: go('resyncing', 'fetch'),
    close: go('closed', 'stopTimer', 'dropStream'),
  },
  resyncing: {
    start: stay('resyncing'),
    fetched: stay('streaming'),
    outrun: go('resyncDue', 'waitBackoff'),
    fetchFailed: go('resyncDue', 'waitBackoff'),
    refused: go('refused', 'dropFetch', 'dropStream', 'waitRefused'),
    heard: stay('resyncing'),
    lost: go('fetchLater', 'dropFetch', 'dropStream', 'waitBackoff'),
    hopeless: go('polling', 'dropFetch', 'dropStream', 'waitPoll'),
    malformed: go('fetchLater', 'dropFetch', 'dropStream', 'forgetCursor', 'waitBackoff'),
    behind: stay('resyncing'),
    due: stay('resyncing'),
    close: go('closed', 'dropFetch', 'dropStream'),
  },
  fetchLater: pausing('fetchLater', go('fetching', 'fetch')),
  openLater: pausing('openLater', go('opening', 'openStream')),
  polling: pausing('polling', go('fetching', 'fetch')),
  refused: pausing('refused', go('fetching', 'fetch')),
  closed: {
    start: stay('closed'),
    fetched: stay('closed'),
    outrun: stay('closed'),
    fetchFailed: stay('closed'),
    refused: stay('closed'),
    heard: stay('closed'),
    lost: stay('closed'),
    hopeless: stay('closed'),
    malformed: stay('closed'),
    behind: stay('closed'),
    due: stay('closed'),
    close: stay('closed'),
  },
}

/** A state in which only a timer lives. */
function pausing(state: ConnectionState, due: Step): Record<ConnectionEvent, Step> {
  return {
    start: stay(state),
    fetched: stay(state),
    outrun: stay(state),
    fetchFailed: stay(state),
    refused: stay(state),
    heard: stay(state),
    lost: stay(state),
    hopeless: stay(state),
    malformed: stay(state),
    behind: stay(state),
    due,
    close: go('closed', 'stopTimer'),
  }
}

const HEALTHY_AFTER_MS = 60_000
export const SILENT_AFTER_HEARTBEATS = 3
const SILENT_STREAMS_BEFORE_POLLING = 3

/** A stream that has lived for a minute was a good one: what came before is forgiven. */
export function wasHealthy(heardFirstAt: number | undefined, now: number): boolean {
  return heardFirstAt !== undefined && now - heardFirstAt >= HEALTHY_AFTER_MS
}

/** Whether something happened within the last minute. */
export function isRecent(at: number, now: number): boolean {
  return now - at < HEALTHY_AFTER_MS
}

/** A half-open socket tells nobody. Nothing for three heartbeats means that it is dead. */
export function isSilent(heardLastAt: number, now: number, heartbeatMs: number): boolean {
  return now - heardLastAt >= heartbeatMs * SILENT_AFTER_HEARTBEATS
}

/**
 * So many streams in a row have ended without a word that something on the way (a proxy that buffers) may hold them back.
 * One that speaks and then breaks is no such sign: opened again, it catches up from where it was.
 */
export function streamingIsHopeless(silentStreams: number): boolean {
  return silentStreams >= SILENT_STREAMS_BEFORE_POLLING
}

/** True when snapshots do come through while streams do not: the first time that it looks hopeless nobody knows yet. */
export function onlyPollingWorks(silentStreams: number): boolean {
  return silentStreams > SILENT_STREAMS_BEFORE_POLLING
}
