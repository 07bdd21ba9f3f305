// Running a new piece of code dark: beside the one that serves, for the ramped share of users, its answers compared and
// thrown away. Nothing that the dark side does may be felt by those who are served.
import type { User } from '@rampart/evaluation'
import { unref } from './service.ts'
import { callSafely } from './warnings.ts'

export interface DarkRun<Live, Dark = unknown> {
  /** Serves. What it returns, or throws, is what `dark` returns or throws, at the same moment. */
  live(): Live
  /** Is tried. Begins in a later turn, after `live` has answered. The signal aborts at the time limit. */
  dark(signal: AbortSignal): Dark
  /** Whether the two answers are the same. Default: equal as JSON. A comparison that throws counts as a difference. */
  compare?(live: Awaited<Live>, dark: Awaited<Dark>): boolean
  /** Milliseconds that the dark side may take. Default 1 000. */
  timeoutMs?: number
  /** Dark runs of this flag at the same time; beyond it they are left out. Default 10. */
  concurrency?: number
  /** Told of every run, for logs. */
  onReport?(report: DarkReport<Awaited<Live>, Awaited<Dark>>): void
}

/** How a dark run went. An answer is missing where there was an error instead. */
export interface DarkReport<Live = unknown, Dark = unknown> {
  flag: string
  /** `skipped`: too many were running. `failed`: the dark side threw, or took too long. */
  outcome: 'same' | 'different' | 'failed' | 'skipped'
  live?: Live
  liveError?: unknown
  liveMs: number
  dark?: Dark
  darkError?: unknown
  darkMs?: number
}

/** What of a client is needed. */
export interface DarkClient {
  isEnabled(flag: string, user: User): boolean
  track(metric: string, user: User, value?: number): void
}

export type Dark = <Live, Tried>(flag: string, user: User, run: DarkRun<Live, Tried>) => Live

const TIMEOUT_MS = 1_000
const CONCURRENCY = 10

/** A side that has ended, well or not. */
type Ended<T> = { ms: number } & ({ answer: T } | { error: unknown })

export function createDark(client: DarkClient): Dark {
  /** Dark runs that have not ended, by flag. One that never ends keeps its place: what hangs is not called for ever. */
  const running = new Map<string, number>()

  return function dark<Live, Tried>(flag: string, user: User, run: DarkRun<Live, Tried>): Live {
    const isRamped = client.isEnabled(flag, user)
    if (!isRamped) return run.live()
    const startedAt = performance.now()
    const afterLive = (side: { answer: Awaited<Live> } | { error: unknown }) =>
      later(() => tryDark(flag, user, run, { ...side, ms: performance.now() - startedAt }))
    let served: Live
    try {
      served = run.live()
    } catch (error) {
      afterLive({ error })
      throw error
    }
    if (isThenable(served)) {
      // Two handlers and not `finally`: a derived promise that rejects would be one that nobody handles.
      served.then(
        (answer) => afterLive({ answer: answer as Awaited<Live> }),
        (error) => afterLive({ error }),
      )
    } else {
      afterLive({ answer: served as Awaited<Live> })
    }
    return served
  }

  async function tryDark<Live, Tried>(
    flag: string,
    user: User,
    run: DarkRun<Live, Tried>,
    live: Ended<Awaited<Live>>,
  ): Promise<void> {
    const { concurrency = CONCURRENCY, timeoutMs = TIMEOUT_MS } = run
    const others = running.get(flag) ?? 0
    if (others >= concurrency) return report(flag, user, run, live, undefined)
    running.set(flag, others + 1)
    const ended = end<Tried>(
      (signal) => run.dark(signal),
      timeoutMs,
      () => {
        running.set(flag, (running.get(flag) ?? 1) - 1)
      },
    )
    report(flag, user, run, live, await ended)
  }

  function report<Live, Tried>(
    flag: string,
    user: User,
    run: DarkRun<Live, Tried>,
    live: Ended<Awaited<Live>>,
    dark: Ended<Awaited<Tried>> | undefined,
  ): void {
    const outcome = judge(run, live, dark)
    if (dark !== undefined) {
      // Zeros too, so that the mean of each is a rate.
      client.track(`${flag}.difference`, user, outcome === 'same' ? 0 : 1)
      client.track(`${flag}.dark-error`, user, 'error' in dark ? 1 : 0)
      client.track(`${flag}.live-error`, user, 'error' in live ? 1 : 0)
      client.track(`${flag}.dark-ms`, user, dark.ms)
      client.track(`${flag}.live-ms`, user, live.ms)
    }
    const told: DarkReport<Awaited<Live>, Awaited<Tried>> = {
      flag,
      outcome,
      liveMs: live.ms,
      ...('answer' in live ? { live: live.answer } : { liveError: live.error }),
      ...(dark === undefined ? {} : { darkMs: dark.ms }),
      ...(dark === undefined ? {} : 'answer' in dark ? { dark: dark.answer } : { darkError: dark.error }),
    }
    if (run.onReport) callSafely(() => run.onReport?.(told), ignore)
  }
}

function judge<Live, Tried>(
  { compare = isSameJson }: DarkRun<Live, Tried>,
  live: Ended<Awaited<Live>>,
  dark: Ended<Awaited<Tried>> | undefined,
): DarkReport['outcome'] {
  if (dark === undefined) return 'skipped'
  // Both failed: that is the same, as far as a user would notice.
  if ('error' in dark) return 'error' in live ? 'same' : 'failed'
  if ('error' in live) return 'different'
  try {
    return compare(live.answer, dark.answer) ? 'same' : 'different'
  } catch {
    return 'different'
  }
}

/** Resolves when the work has ended or its time is over; never rejects. `onEnd` is called when it really ended. */
function end<T>(work: (signal: AbortSignal) => T, timeoutMs: number, onEnd: () => void): Promise<Ended<Awaited<T>>> {
  const startedAt = performance.now()
  const abort = new AbortController()
  return new Promise((resolve) => {
    const settle = (side: { answer: Awaited<T> } | { error: unknown }) => {
      clearTimeout(timer)
      resolve({ ...side, ms: performance.now() - startedAt })
    }
    const timer = unref(
      setTimeout(() => {
        const error = new Error(`the dark side took longer than ${timeoutMs} ms`)
        abort.abort(error)
        settle({ error })
      }, timeoutMs),
    )
    const working = new Promise<Awaited<T>>((done) => done(work(abort.signal) as Awaited<T>))
    working
      .then(
        (answer) => settle({ answer }),
        (error) => settle({ error }),
      )
      .finally(onEnd)
  })
}

/** In a turn of its own: whoever waits for the live answer goes first. */
function later(work: () => Promise<void>): void {
  setTimeout(() => void work(), 0)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function isSameJson(live: unknown, dark: unknown): boolean {
  return JSON.stringify(live) === JSON.stringify(dark)
}

function ignore(): void {}
