import { DateTime } from 'luxon'

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/**
 * Hours of a day in which a ramp may move by itself. `from` and `to` are times on the clock, "09:00"; `to` may be "24:00".
 * A window whose end is not after its beginning goes on past midnight and belongs to the day on which it began.
 */
export interface RampWindow {
  days: Weekday[]
  from: string
  to: string
}

/** A window of a week ago may still be open, and the next one begins within a week. */
const DAYS_BACK = 1
const DAYS_AHEAD = 8

/**
 * The first moment from `at` on that lies in a window, `at` itself when it does. No windows means always. Times are those
 * of the clocks on the wall of `timeZone`: on a day without 02:30 a window from 02:30 begins when the clocks have moved,
 * and an hour that comes twice is open both times.
 */
export function openFrom(windows: RampWindow[], timeZone: string | null, at: Date): Date {
  if (windows.length === 0) return at
  const zone = timeZone ?? 'utc'
  const today = DateTime.fromJSDate(at, { zone }).startOf('day')
  let first: number | undefined
  for (let ahead = -DAYS_BACK; ahead <= DAYS_AHEAD; ahead++) {
    const day = today.plus({ days: ahead })
    for (const window of windows) {
      if (!window.days.includes(WEEKDAYS[day.weekday - 1] as Weekday)) continue
      const { begins, ends } = hoursOf(window, day)
      if (ends <= at.getTime()) continue
      const opens = Math.max(begins, at.getTime())
      if (first === undefined || opens < first) first = opens
    }
  }
  // Every window names a day, so within eight days one begins.
  return new Date(first ?? at.getTime())
}

function hoursOf({ from, to }: RampWindow, day: DateTime): { begins: number; ends: number } {
  const isOvernight = minutesOf(to) <= minutesOf(from)
  const begins = onClock(day, from)
  const ends = onClock(isOvernight ? day.plus({ days: 1 }) : day, to)
  return { begins: begins.toMillis(), ends: laterOf(ends).toMillis() }
}

function onClock(day: DateTime, time: string): DateTime {
  const minutes = minutesOf(time)
  if (minutes === 24 * 60) return day.plus({ days: 1 }).startOf('day')
  return day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
}

/** Of a time that comes twice, when clocks go back, the later: a window ends when the clock shows its end for good. */
function laterOf(time: DateTime): DateTime {
  const others = time.getPossibleOffsets()
  return others.reduce((later, other) => (other > later ? other : later), time)
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
