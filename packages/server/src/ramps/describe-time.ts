import { DateTime } from 'luxon'

const UNITS = [
  ['week', 7 * 24 * 3600_000],
  ['day', 24 * 3600_000],
  ['h', 3600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** "30 s", "1 h 30 min", "2 weeks": the largest unit that fits and, if there is a rest, the next one. */
export function durationInWords(ms: number): string {
  const parts: string[] = []
  let rest = Math.round(ms / 1000) * 1000
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size)
    if (count === 0 && parts.length === 0) continue
    if (count > 0) parts.push(`${count} ${unit}${unit.length > 3 && count > 1 ? 's' : ''}`)
    rest -= count * size
    if (parts.length === 2 || rest === 0) break
  }
  return parts.join(' ') || '0 s'
}

/** "Mon 24 Nov 09:00 (Europe/Berlin)": in the zone of the plan, because its windows are meant there. */
export function timeInWords(at: Date, timeZone: string | null): string {
  const zone = timeZone ?? 'UTC'
  return `${DateTime.fromJSDate(at, { zone }).setLocale('en-GB').toFormat('ccc d LLL HH:mm')} (${zone})`
}
