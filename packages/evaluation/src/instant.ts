// Moments of time in conditions. The evaluation has no clock: it only compares what it is given.

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/

/**
 * Epoch milliseconds of ISO 8601 text, an epoch number or a Date; NaN for anything else. Text without an offset is
 * UTC: `Date.parse` would take the zone of the machine, and two servers would answer differently.
 */
export function instantOf(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN
  if (value instanceof Date) return value.getTime()
  const found = typeof value === 'string' ? ISO.exec(value) : null
  if (found === null) return Number.NaN
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found
  // A date that a calendar does not have (30 February) would silently become another one.
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month))) {
    return Number.NaN
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN
  const utc = Date.UTC(2000, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  // Date.UTC reads the years 0 .. 99 as 1900 .. 1999, hence the year set apart.
  const at = new Date(utc).setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return at + Number(`0.${fraction || 0}`) * 1000 - offsetMs(zone)
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
}

function offsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}
