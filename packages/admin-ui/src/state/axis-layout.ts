// Where things stand on a time axis: pure, so that it can be tested without a picture.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 30].map((days) => days * DAY_MS),
]

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

/** Round moments of the viewer's own day, at most `most` of them, in words. */
export function ticksOf(from: number, to: number, most: number): { at: number; words: string }[] {
  const step = STEPS_MS.find((ms) => (to - from) / ms <= Math.max(1, most)) ?? 30 * DAY_MS
  const start = new Date(from)
  start.setHours(0, 0, 0, 0)
  const ticks: { at: number; words: string }[] = []
  for (const at = new Date(start); at.getTime() <= to; ) {
    const ms = at.getTime()
    if (ms >= from) ticks.push({ at: ms, words: step >= DAY_MS ? DAY.format(at) : CLOCK.format(at) })
    // Days by the calendar: some have 23 hours.
    if (step >= DAY_MS) at.setDate(at.getDate() + step / DAY_MS)
    else at.setTime(ms + step)
  }
  return ticks
}

/** About the width of a letter at 12 pixels. */
const LETTER = 6.4

/** Between a mark and words, in pixels. */
const GAP = 9

interface Placed {
  lane: number
  x: number
  words: string
}

/** Words stand to the right of their mark, to its left, or nowhere when neither side has room for them. */
export type Side = 'right' | 'left' | 'none'

/** Finds room for the words of marks, the latest first: what happened last is what people look for. */
export function placeMarks<M extends Placed>(marks: readonly M[], width: number): (M & { side: Side })[] {
  const inTime = [...marks].sort((a, b) => a.x - b.x)
  const taken = new Map<number, number>()
  const placed: (M & { side: Side })[] = []
  for (let index = inTime.length - 1; index >= 0; index--) {
    const mark = inTime[index] as M
    const needed = GAP + mark.words.length * LETTER
    const right = Math.min(width + GAP, taken.get(mark.lane) ?? Number.POSITIVE_INFINITY)
    const left = inTime.slice(0, index).findLast(({ lane }) => lane === mark.lane)?.x ?? 0
    const side = mark.x + needed <= right ? 'right' : mark.x - needed >= left + GAP ? 'left' : 'none'
    taken.set(mark.lane, side === 'left' ? mark.x - needed : mark.x - GAP)
    placed.push({ ...mark, side })
  }
  return placed.toReversed()
}
