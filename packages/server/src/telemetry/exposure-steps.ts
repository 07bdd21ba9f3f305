import { HOURS_KEPT_DAYS, MINUTES_KEPT_DAYS } from './retention.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** How finely sums are kept, and the width of a sum. */
export const RESOLUTIONS = { minutes: MINUTE_MS, hours: HOUR_MS, days: DAY_MS } as const
export type Resolution = keyof typeof RESOLUTIONS

/** A graph cannot show more, and a query must not read more. */
export const MAX_SPAN_MS = 400 * DAY_MS

export interface Steps {
  /** Start of the first step, milliseconds since 1970; a whole number of steps. */
  fromMs: number
  stepMs: number
  /** Number of steps; the last one contains the end of the span. */
  count: number
  /** The finest sums that are needed, and still kept. */
  resolution: Resolution
}

/**
 * How a span is cut for a graph: as fine as its length and its age allow, on bounds that do not move from one look to the
 * next.
 * @param nowMs milliseconds since 1970
 */
export function cutIntoSteps(fromMs: number, toMs: number, nowMs = Date.now()): Steps {
  const [stepMs, resolution] = stepFor(toMs - fromMs, nowMs - fromMs)
  const first = Math.floor(fromMs / stepMs)
  return { fromMs: first * stepMs, stepMs, count: Math.max(1, Math.ceil(toMs / stepMs) - first), resolution }
}

function stepFor(spanMs: number, ageMs: number): [stepMs: number, resolution: Resolution] {
  if (ageMs < MINUTES_KEPT_DAYS * DAY_MS) {
    if (spanMs <= 2 * HOUR_MS) return [MINUTE_MS, 'minutes']
    if (spanMs <= 26 * HOUR_MS) return [5 * MINUTE_MS, 'minutes']
  }
  if (ageMs < HOURS_KEPT_DAYS * DAY_MS) {
    if (spanMs <= 8 * DAY_MS) return [HOUR_MS, 'hours']
    return spanMs <= 32 * DAY_MS ? [6 * HOUR_MS, 'hours'] : [DAY_MS, 'days']
  }
  return [DAY_MS, 'days']
}
