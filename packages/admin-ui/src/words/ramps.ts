// What a ramp does next, in a few words. Times are those of the viewer; the sentence in full comes from the service.
import type { RampBrief, RampPlan, RampWindow } from '../contract.ts'
import { formatShare } from './shares.ts'
import { dayAndClock } from './times.ts'

const UNITS = [
  ['week', 604_800],
  ['day', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const

/** "30 s", "1 h 30 min", "2 weeks": the largest unit that fits and the next one. */
export function durationWords(seconds: number): string {
  const parts: string[] = []
  let rest = Math.max(0, Math.round(seconds))
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    if (count > 0) parts.push(`${count} ${unit}${unit.length > 3 && count > 1 ? 's' : ''}`)
    rest -= count * size
    if (parts.length === 2 || (parts.length === 1 && rest === 0)) break
  }
  return parts.join(' ') || '0 s'
}

/** "in 38 min", "now"; beyond a day the day and the clock. */
export function untilWords(at: string, now: number): string {
  const ms = Date.parse(at) - now
  if (ms <= 0) return 'now'
  if (ms > 86_400_000) return dayAndClock(Date.parse(at))
  // Seconds count only where they are all there is.
  const seconds = ms >= 120_000 ? Math.ceil(ms / 60_000) * 60 : Math.ceil(ms / 1000)
  return `in ${durationWords(seconds)}`
}

/** "next 50 % in 38 min", "held: 50 % needs an approval": for lists. */
export function nextWords({ state, holdReason, next }: RampBrief, now: number): string {
  if (state === 'draft') return 'planned, not started'
  if (state === 'rolled_back') return 'rolled back: acknowledge it'
  if (state === 'holding') return holdWords(holdReason)
  if (next.does === 'complete') return next.at ? `complete ${untilWords(next.at, now)}` : 'complete soon'
  const share = formatShare(next.weight ?? 0)
  if (next.waitsFor === 'person') return `next ${share} by hand`
  if (next.waitsFor === 'approval') return `next ${share} needs an approval`
  return next.at ? `next ${share} ${untilWords(next.at, now)}` : `next ${share}`
}

function holdWords(reason: RampBrief['holdReason']): string {
  switch (reason) {
    case 'killed':
      return 'held: it was killed'
    case 'approval':
      return 'held: waits for an approval'
    case 'failed':
      return 'held: its step was refused'
    case 'acknowledged':
      return 'held: rolled back, seen'
    default:
      return 'held: paused'
  }
}

const SHORT_DAYS = {
  monday: 'Mon',
  tuesday: 'Tue',
  wednesday: 'Wed',
  thursday: 'Thu',
  friday: 'Fri',
  saturday: 'Sat',
  sunday: 'Sun',
}

/** "Mon, Tue, Wed 09:00 to 17:00 (Europe/Zurich)"; empty when it may move at any time. */
export function hoursWords({ windows, timeZone }: Pick<RampPlan, 'windows' | 'timeZone'>): string {
  const parts = windows.map(
    ({ days, from, to }: RampWindow) => `${days.map((day) => SHORT_DAYS[day]).join(', ')} ${from} to ${to}`,
  )
  return parts.length > 0 ? `${parts.join('; ')} (${timeZone})` : ''
}
