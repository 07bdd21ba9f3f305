import { setTimeout as sleep } from 'node:timers/promises'
import type { EventStream } from './event-stream.ts'
import type { KillNotice } from './kill-memory.ts'

/** Sockets written between two turns of the event loop: about 10 ms of work, so that a kill never waits longer. */
const SLICE = 1000

export interface FanOutResult {
  /** Streams that took the frame. */
  sent: number
  /** Milliseconds from the call to the last write. */
  elapsedMs: number
}

/** Told after each slice: the streams written, and when, in milliseconds after the call. */
type OnSlice = (written: EventStream[], elapsedMs: number) => void

export type EventName = KillNotice['kind'] | 'patch' | 'reset' | 'refetch' | 'change' | 'heartbeat'

export interface FanOut {
  /** Writes one frame to many streams. Urgent frames overtake everything that still waits. */
  send(
    event: EventName,
    frame: Buffer,
    streams: Iterable<EventStream>,
    options?: { urgent?: boolean; onSlice?: OnSlice },
  ): Promise<FanOutResult>
  /** How many frames are still being written, or wait for that. */
  waiting(): number
  /**
   * Resolves when nothing ordinary waits any more and sockets had a rest, twice as long as the last frame took: who reads
   * the database only then sends bursts as one patch, and patches to thousands of streams leave most of the time to kills,
   * receipts and whoever comes back. A replica with few streams does not rest for anything that could be noticed.
   */
  settled(): Promise<void>
}

const RESTS_PER_FRAME = 2
/** No change is held back for longer, in milliseconds: a lost notification has to be made up for within 2 s. */
const LONGEST_REST_MS = 750

interface Job {
  frame: Buffer
  streams: EventStream[]
  next: number
  sent: number
  startedAt: number
  onSlice: OnSlice | undefined
  done(result: FanOutResult): void
}

/** Writes frames to streams in slices, one frame after the other, so that each stream sees them in order. */
export function createFanOut(
  onSent: (event: EventName, result: FanOutResult) => void = () => {},
  now: () => number = () => performance.now(),
  rest: (ms: number) => Promise<unknown> = sleep,
): FanOut {
  const urgent: Job[] = []
  const ordinary: Job[] = []
  let turnPlanned = false
  let last: Promise<FanOutResult> | undefined
  let restUntil = 0

  function turn(): void {
    turnPlanned = false
    const queue = urgent.length > 0 ? urgent : ordinary
    const job = queue[0]
    if (!job) return
    writeSlice(job, now)
    if (job.next >= job.streams.length) {
      queue.shift()
      job.done({ sent: job.sent, elapsedMs: now() - job.startedAt })
    }
    if (urgent.length + ordinary.length > 0) planTurn()
  }

  function planTurn(): void {
    if (turnPlanned) return
    turnPlanned = true
    setImmediate(turn)
  }

  return {
    send(event, frame, streams, options = {}) {
      const sending = new Promise<FanOutResult>((resolve) => {
        const done = (result: FanOutResult) => {
          onSent(event, result)
          if (!options.urgent) restUntil = now() + Math.min(LONGEST_REST_MS, RESTS_PER_FRAME * result.elapsedMs)
          resolve(result)
        }
        const job = { frame, streams: [...streams], next: 0, sent: 0, startedAt: now(), onSlice: options.onSlice, done }
        if (options.urgent) urgent.push(job)
        else ordinary.push(job)
        // Nobody before us: the first slice goes out now and not after whatever else the event loop has to do.
        if (!turnPlanned) turn()
      })
      if (!options.urgent) last = sending
      return sending
    },
    waiting: () => urgent.length + ordinary.length,
    async settled() {
      await last
      const restMs = restUntil - now()
      if (restMs >= 1) await rest(restMs)
    },
  }
}

function writeSlice(job: Job, now: () => number): void {
  const end = Math.min(job.next + SLICE, job.streams.length)
  const written: EventStream[] = []
  for (; job.next < end; job.next++) {
    const stream = job.streams[job.next]
    if (stream?.write(job.frame)) written.push(stream)
  }
  job.sent += written.length
  job.onSlice?.(written, now() - job.startedAt)
}
