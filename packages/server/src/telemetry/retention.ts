/** An SDK gives a batch up after a day; whatever claims more is counted as this old. */
export const MAX_AGE_MS = 2 * 86_400_000

/** Longer than a batch may be late, so that an hour that is summed up again has all its minutes. */
export const MINUTES_KEPT_DAYS = 3
/** A graph of 90 days is made of hours. */
export const HOURS_KEPT_DAYS = 100
/** A year, and the month before it to compare with. */
export const DAYS_KEPT = 400
