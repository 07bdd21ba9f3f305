const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A graph cannot show more, and a query must not read more. */
export const MAX_SPAN_MS = 400 * DAY_MS

export interface Steps {
  /** Start of the first step, milliseconds since 1970; a whole number of steps. */
  fromMs: number
  stepMs: number
  /** Number of steps; the last one contains the end of the span. */
  count: number
}

/** How a span is cut for a graph: as fine as its length allows, on bounds that do not move from one look to the next. */
export function cutIntoSteps(fromMs: number, toMs: number): Steps {
  const stepMs = stepFor(toMs - fromMs)
  const first = Math.floor(fromMs / stepMs)
  return { fromMs: first * stepMs, stepMs, count: Math.max(1, Math.ceil(toMs / stepMs) - first) }
}

function stepFor(spanMs: number): number {
  if (spanMs <= 2 * HOUR_MS) return MINUTE_MS
  if (spanMs <= 26 * HOUR_MS) return 5 * MINUTE_MS
  return spanMs <= 8 * DAY_MS ? HOUR_MS : 6 * HOUR_MS
}
