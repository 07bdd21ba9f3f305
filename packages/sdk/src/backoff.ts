// How long to wait before the next try. Pure: randomness (0 .. 1) and the clock are passed in. Every wait has jitter,
// because ten thousand processes that lose the same replica must not come back in the same moment.

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000
const LONGEST_RETRY_AFTER_MS = 5 * 60_000
const SHORTEST_REFUSED_WAIT_MS = 150_000
const LOST_STREAM_SPREAD_MS = 10_000
const RESYNCS_AT_ONCE = 3

/** Milliseconds before try number `failures` + 1: 1 s doubling up to 30 s, less up to a half. */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10))
  return ceiling * (1 - random / 2)
}

/**
 * Milliseconds before the first try after a stream that had worked for long broke without a goodbye: a replica has died,
 * and all who were on it know in the same moment. Ten thousand come back at a thousand a second.
 */
export function lostStreamWaitMs(random: number): number {
  return LOST_STREAM_SPREAD_MS * random
}

/**
 * Milliseconds before a copy that is behind is fetched: anywhere in the spread that the service gave. A service that says
 * "behind" again and again gets the ordinary backoff instead of a fetch for every word.
 */
export function resyncWaitMs(spreadMs: number, resyncsLately: number, random: number): number {
  const spread = spreadMs * random
  return resyncsLately < RESYNCS_AT_ONCE ? spread : Math.max(spread, backoffMs(resyncsLately - RESYNCS_AT_ONCE, random))
}

/** Milliseconds before a refused key is tried again: 2.5 to 5 minutes. Never "stop for good": keys get repaired. */
export function refusedWaitMs(random: number): number {
  return SHORTEST_REFUSED_WAIT_MS * (1 + random)
}

/** `ms` give or take a tenth. */
export function around(ms: number, random: number, share = 0.1): number {
  return ms * (1 - share + 2 * share * random)
}

/**
 * Milliseconds that a Retry-After header asks for, between 0 and 5 minutes; undefined when it says nothing usable.
 * `nowMs` is wall time, because the header may hold a date.
 */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number | undefined {
  const text = header?.trim()
  if (!text) return undefined
  const asked = /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs
  if (Number.isNaN(asked) || asked < 0) return undefined
  return clampWaitMs(asked)
}

/** No service may send its clients away for longer than five minutes. */
export function clampWaitMs(ms: number): number {
  return Math.min(ms, LONGEST_RETRY_AFTER_MS)
}

/**
 * The wait after a busy answer: what was asked for, plus up to a quarter, and at least the ordinary backoff. "Come back at
 * once", said again and again, would otherwise be an order to storm.
 */
export function busyWaitMs(askedMs: number | undefined, failures: number, random: number): number {
  if (askedMs === undefined) return backoffMs(failures, random)
  return Math.max(askedMs * (1 + random / 4), backoffMs(failures, random))
}
