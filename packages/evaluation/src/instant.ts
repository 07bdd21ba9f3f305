// Moments of time in conditions. The evaluation has no clock: it only compares what it is given.

// Hours, minutes and seconds that a clock has; the calendar is asked below.
const ISO =
  /^(\d{4}-\d\d-(\d\d))(?:T((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)(\.\d{1,9})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?)?$/

/**
 * Epoch milliseconds of ISO 8601 text, an epoch number or a Date; NaN for anything else. Text without an offset is
 * UTC: `Date.parse` would take the zone of the machine, and two servers would answer differently.
 */
export function instantOf(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : Number.NaN
  if (value instanceof Date) return value.getTime()
  const found = typeof value === 'string' ? ISO.exec(value) : null
  if (!found) return Number.NaN
  const [, date, day, time = '00:00', fraction = 0, zone = 'Z'] = found
  // A date that the calendar does not have (30 February) would silently become another one.
  if (new Date(date as string).getUTCDate() !== Number(day)) return Number.NaN
  // Engines read no more than three digits of a fraction.
  return Date.parse(`${date}T${time}${zone}`) + Number(fraction) * 1000
}
