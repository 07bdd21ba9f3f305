// Times in the viewer's own zone, short in the text and whole in the tooltip.

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const WHOLE = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'long',
})
const EXACT = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
})

/** "14:02" today, "yesterday 14:02", else "12 Oct". */
export function shortTime(iso: string, now: number): string {
  const at = new Date(iso)
  if (sameDay(at, new Date(now))) return CLOCK.format(at)
  if (sameDay(at, new Date(now - 86_400_000))) return `yesterday ${CLOCK.format(at)}`
  return DAY.format(at)
}

/** "14:02", where the day stands elsewhere. */
export function clock(iso: string): string {
  return CLOCK.format(new Date(iso))
}

/** "Today", "Yesterday", else "12 Oct". */
export function dayInWords(iso: string, now: number): string {
  const at = new Date(iso)
  if (sameDay(at, new Date(now))) return 'Today'
  return sameDay(at, new Date(now - 86_400_000)) ? 'Yesterday' : DAY.format(at)
}

/** "14:02 (3 min ago)" for the last day, else "12 Oct 14:02". */
export function longTime(iso: string, now: number): string {
  const at = new Date(iso)
  const age = ago(now - at.getTime())
  if (age) return `${CLOCK.format(at)} (${age})`
  return `${DAY.format(at)} ${CLOCK.format(at)}`
}

/** "22 Nov 14:05", for the rows of a table (ms since 1970). */
export function dayAndClock(ms: number): string {
  const at = new Date(ms)
  return `${DAY.format(at)} ${CLOCK.format(at)}`
}

/** "24 Nov 2027", for what is far away. */
export function dateOf(iso: string): string {
  const at = new Date(iso)
  return `${DAY.format(at)} ${at.getFullYear()}`
}

/** Date, time and zone, for tooltips. */
export function wholeTime(iso: string): string {
  return WHOLE.format(new Date(iso))
}

/** "14:32:07.412", for the moment of a kill. */
export function exactTime(iso: string): string {
  return EXACT.format(new Date(iso))
}

/** "4 s ago", "3 min ago", "2 h ago", "5 d ago": for things that are watched, to the second. */
export function agoInWords(iso: string, now: number): string {
  return `${age(iso, now)} ago`
}

/** "4 s", "3 min", "2 h", "5 d": how long it lasts by now. */
export function age(iso: string, now: number): string {
  const s = Math.max(0, Math.round((now - Date.parse(iso)) / 1000))
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min`
  return s < 86_400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86_400)} d`
}

function ago(ms: number): string | null {
  if (ms < 60_000) return 'just now'
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`
  return ms < 86_400_000 ? `${Math.floor(ms / 3_600_000)} h ago` : null
}

function sameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString()
}

/** "minute", "5 minutes", "hour", "day": the width of a graph's step. */
export function stepInWords(ms: number): string {
  const units: [number, string][] = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ]
  const [size, unit] = units.find(([size]) => ms >= size) ?? [1000, 'second']
  const count = Math.round(ms / size)
  return count === 1 ? unit : `${count} ${unit}s`
}
