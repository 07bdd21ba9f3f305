// Minutes become hours and hours become days. A span is summed up whole and written over what stood there, so that doing
// it twice, or half and again after a crash, gives the same numbers.
import { and, lt, sql } from 'drizzle-orm'
import {
  exposureMinutes,
  telemetryChangedHours,
  telemetryDays,
  telemetryHours,
  telemetryMinutes,
} from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { SeriesNames } from './name-series.ts'
import { addPoints, markHours } from './record-batches.ts'
import { DAYS_KEPT, HOURS_KEPT_DAYS, MINUTES_KEPT_DAYS } from './retention.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A transaction that marked an hour is over by then: each of its statements may take 15 s at most. */
const MARK_SETTLED = sql`now() - interval '5 minutes'`
/** Hours summed up in one run: the rest of a backlog is for the next one. */
const HOURS_AT_ONCE = 48
const ROWS_MOVED = 5_000

/**
 * Sums up every hour whose minutes have changed, and its day. Call it under the lock of the jobs: two at a time would
 * write the older of two sums last. True when there is more to do.
 */
export async function rollUpChangedHours(tx: Db): Promise<boolean> {
  const marks = await tx
    .selectDistinct({ hour: telemetryChangedHours.hour })
    .from(telemetryChangedHours)
    .orderBy(telemetryChangedHours.hour)
    .limit(HOURS_AT_ONCE)
  if (marks.length === 0) return false
  const hours = marks.map(({ hour }) => hour)
  for (const hour of hours) await sumUpSpan(tx, 'minutes', hour, HOUR_MS)
  const days = new Set(hours.map((hour) => Math.floor(hour.getTime() / DAY_MS) * DAY_MS))
  for (const day of days) await sumUpSpan(tx, 'hours', new Date(day), DAY_MS)
  const [first, last] = [hours[0], hours.at(-1)] as [Date, Date]
  await tx
    .delete(telemetryChangedHours)
    .where(
      and(
        sql`${telemetryChangedHours.hour} between ${first.toISOString()}::timestamptz and ${last.toISOString()}::timestamptz`,
        lt(telemetryChangedHours.markedAt, MARK_SETTLED),
      ),
    )
  return hours.length === HOURS_AT_ONCE
}

async function sumUpSpan(tx: Db, from: 'minutes' | 'hours', start: Date, lengthMs: number): Promise<void> {
  const source = from === 'minutes' ? telemetryMinutes : telemetryHours
  const target = from === 'minutes' ? telemetryHours : telemetryDays
  const begin = sql`${start.toISOString()}::timestamptz`
  const end = sql`${new Date(start.getTime() + lengthMs).toISOString()}::timestamptz`
  await tx.execute(sql`
    insert into ${target} (series_id, at, count, sum, zeros, bins, bin_counts)
    with points as (select * from ${source} where at >= ${begin} and at < ${end}),
    binned as (
      select series_id, bin, sum(n)::bigint as n
      from points, unnest(bins, bin_counts) as histogram(bin, n)
      group by series_id, bin
    ),
    histograms as (
      select series_id, array_agg(bin order by bin) as bins, array_agg(n order by bin) as bin_counts
      from binned group by series_id
    ),
    sums as (
      select series_id, sum(count)::bigint as count, sum(sum) as sum, sum(zeros)::bigint as zeros
      from points group by series_id
    )
    select sums.series_id, ${begin}, sums.count, sums.sum, sums.zeros, histograms.bins, histograms.bin_counts
    from sums left join histograms using (series_id)
    on conflict (series_id, at) do update set count = excluded.count, sum = excluded.sum, zeros = excluded.zeros,
      bins = excluded.bins, bin_counts = excluded.bin_counts`)
}

/** Deletes what is older than it is kept for. */
export async function forgetOldPoints(tx: Db): Promise<void> {
  const before = (days: number) => sql`now() - make_interval(days => ${days})`
  await tx.delete(telemetryMinutes).where(lt(telemetryMinutes.at, before(MINUTES_KEPT_DAYS)))
  await tx.delete(telemetryHours).where(lt(telemetryHours.at, before(HOURS_KEPT_DAYS)))
  await tx.delete(telemetryDays).where(lt(telemetryDays.at, before(DAYS_KEPT)))
}

/** Moves what a replica of an earlier version has counted since. True when there is more. */
export async function adoptEarlierCounts(db: Db, names: SeriesNames): Promise<boolean> {
  const { environmentId, flagKey, variant } = exposureMinutes
  const found = await db.selectDistinct({ environmentId, flagKey, variant }).from(exposureMinutes)
  if (found.length === 0) return false
  const keys = found.map((key) => ({ ...key, metric: '', sdk: 'unknown' }))
  const numbers = await names.series(db, keys)
  const series = new Map(keys.map((key, at) => [nameOf(key), numbers[at] as number]))
  return db.transaction(async (tx) => {
    const moved = await tx
      .delete(exposureMinutes)
      .where(sql`ctid in (select ctid from ${exposureMinutes} limit ${ROWS_MOVED})`)
      .returning()
    const sums = new Map<string, Parameters<typeof addPoints>[1][number]>()
    for (const row of moved) {
      const number = series.get(nameOf(row))
      if (number === undefined) throw new Error('A series appeared meanwhile; the next run moves it.')
      const minute = row.minute.getTime()
      const key = `${number} ${minute}`
      const sum = sums.get(key)
      if (sum) sum.count += row.count
      else
        sums.set(key, { series: number, minute, count: row.count, sum: null, zeros: null, bins: null, binCounts: null })
    }
    const points = [...sums.values()].sort((a, b) => a.series - b.series || a.minute - b.minute)
    await addPoints(tx, points)
    await markHours(tx, points)
    return moved.length === ROWS_MOVED
  })
}

function nameOf({ environmentId, flagKey, variant }: { environmentId: string; flagKey: string; variant: string }) {
  return JSON.stringify([environmentId, flagKey, variant])
}
