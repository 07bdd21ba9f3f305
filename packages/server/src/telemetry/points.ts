import { type SQL, sql } from 'drizzle-orm'
import type { Steps } from './exposure-steps.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/**
 * The sums that a graph is made of, as `points (series_id, at, count, sum, zeros, bins, bin_counts)`. What has not been
 * summed up yet, the hour and the day that run, is read from the finer sums.
 * @param which condition on `series_id`
 */
export function pointsWithin(
  steps: Pick<Steps, 'fromMs' | 'stepMs' | 'count' | 'resolution'>,
  nowMs: number,
  which: SQL,
): SQL {
  const { fromMs, stepMs, count, resolution } = steps
  const toMs = fromMs + count * stepMs
  const hour = Math.floor(nowMs / HOUR_MS) * HOUR_MS
  const day = Math.floor(nowMs / DAY_MS) * DAY_MS
  const minutesFrom = resolution === 'minutes' ? fromMs : Math.max(fromMs, hour)
  const hoursFrom = resolution === 'days' ? Math.max(fromMs, day) : fromMs
  const parts = [part('telemetry_minutes', minutesFrom, toMs, which)]
  if (resolution !== 'minutes') parts.push(part('telemetry_hours', hoursFrom, Math.min(hour, toMs), which))
  if (resolution === 'days') parts.push(part('telemetry_days', fromMs, Math.min(day, toMs), which))
  return sql`(${sql.join(parts, sql` union all `)}) as points`
}

function part(table: string, fromMs: number, toMs: number, which: SQL): SQL {
  return sql`select series_id, at, count, sum, zeros, bins, bin_counts from ${sql.identifier(table)}
    where at >= ${new Date(fromMs).toISOString()}::timestamptz and at < ${new Date(toMs).toISOString()}::timestamptz
      and ${which}`
}

/** Number of the step that a point belongs to. */
export function stepOf({ fromMs, stepMs }: Steps): SQL<number> {
  return sql<number>`floor((extract(epoch from points.at) * 1000 - ${fromMs}::bigint) / ${stepMs}::bigint)::int`
}
