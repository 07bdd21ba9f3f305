import { lt, sql } from 'drizzle-orm'
import { rampSumDeltas, telemetryChangedHours, telemetryCursors } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { CountedBatch, Point, RampDelta, Tracked } from './batch-content.ts'
import type { SeriesNames } from './name-series.ts'
import { addSubBuckets, sparse } from './sub-bucket-sums.ts'

const ROWS_PER_STATEMENT = 1000
const HOUR_MS = 3_600_000

/**
 * Counts many batches in one transaction and says which of them were new, in their order. Each is counted once,
 * however often it arrives: the cursor of its instance moves in the same transaction. At most one batch with a `seq` per
 * instance. Nothing here notifies anybody.
 */
export async function recordBatches(db: Db, names: SeriesNames, batches: CountedBatch[]): Promise<boolean[]> {
  // Before the transaction: names that outlive a batch which is then not counted do no harm, and hold no locks meanwhile.
  const points = batches.map((batch) => batch.points)
  const ramps = batches.map((batch) => batch.ramps)
  const series = await names.series(db, points.flat())
  const strata = await names.strata(db, ramps.flat())
  return db.transaction(async (tx) => {
    const fresh = await moveCursors(tx, batches)
    const isNew = batches.map((batch) => batch.seq === undefined || fresh.has(cursorId(batch)))
    const rows = sumUp(numbered(points, series, isNew))
    await addPoints(tx, rows)
    await appendDeltas(tx, numbered(ramps, strata, isNew))
    await markHours(tx, rows)
    return isNew
  })
}

/** The rows of the batches that are new, each with its number. */
function numbered<T>(rows: T[][], numbers: number[], isNew: boolean[]): { number: number; row: T }[] {
  let at = 0
  return rows.flatMap((some, batch) => {
    const own = some.map((row) => ({ number: numbers[at++] as number, row }))
    return isNew[batch] ? own : []
  })
}

function cursorId({ environmentId, instance }: { environmentId: string; instance: string }): string {
  return `${environmentId} ${instance}`
}

/** In one order for all replicas: two of them that lock the same rows must never wait for each other. */
async function moveCursors(tx: Db, batches: CountedBatch[]): Promise<Set<string>> {
  const cursors = batches
    .flatMap(({ environmentId, instance, seq, sdk, served }) =>
      seq === undefined
        ? []
        : [{ environmentId, instance, seq, sdk, epoch: served?.epoch ?? null, revision: served?.revision ?? null }],
    )
    .sort((a, b) => (cursorId(a) < cursorId(b) ? -1 : 1))
  if (cursors.length === 0) return new Set()
  const moved = await tx
    .insert(telemetryCursors)
    .values(cursors)
    .onConflictDoUpdate({
      target: [telemetryCursors.environmentId, telemetryCursors.instance],
      set: {
        seq: sql`excluded.seq`,
        sdk: sql`excluded.sdk`,
        epoch: sql`excluded.epoch`,
        revision: sql`excluded.revision`,
        updatedAt: sql`now()`,
      },
      setWhere: sql`${telemetryCursors.seq} < excluded.seq`,
    })
    .returning({ environmentId: telemetryCursors.environmentId, instance: telemetryCursors.instance })
  return new Set(moved.map(cursorId))
}

interface Row {
  series: number
  /** Start of the minute, milliseconds since 1970. */
  minute: number
  count: number
  sum: number | null
  zeros: number | null
  bins: number[] | null
  binCounts: number[] | null
}

/** One row per series and minute, in the order of that key. */
function sumUp(points: { number: number; row: Point }[]): Row[] {
  const sums = new Map<string, { series: number; minute: number; count: number; tracked: Tracked[] }>()
  for (const { number: series, row } of points) {
    const { minute, count, tracked } = row
    const key = `${series} ${minute}`
    const summed = sums.get(key) ?? { series, minute, count: 0, tracked: [] }
    sums.set(key, summed)
    summed.count += count
    if (tracked) summed.tracked.push(tracked)
  }
  return [...sums.values()]
    .sort((a, b) => a.series - b.series || a.minute - b.minute)
    .map(({ tracked, ...row }) => ({ ...row, ...merged(tracked) }))
}

function merged(tracked: Tracked[]): Pick<Row, 'sum' | 'zeros' | 'bins' | 'binCounts'> {
  if (tracked.length === 0) return { sum: null, zeros: null, bins: null, binCounts: null }
  const counts = new Map<number, number>()
  for (const { bins } of tracked) for (const [bin, count] of bins) counts.set(bin, (counts.get(bin) ?? 0) + count)
  const ascending = [...counts].sort(([a], [b]) => a - b)
  return {
    sum: tracked.reduce((total, { sum }) => total + sum, 0),
    zeros: tracked.reduce((total, { zeros }) => total + zeros, 0),
    bins: ascending.map(([bin]) => bin),
    binCounts: ascending.map(([, count]) => count),
  }
}

/** Adds to what stands there already. One parameter instead of thousands, which the driver would have to encode one by one. */
export async function addPoints(tx: Db, rows: Row[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    const part = JSON.stringify(rows.slice(at, at + ROWS_PER_STATEMENT))
    await tx.execute(sql`
      insert into telemetry_minutes as held (series_id, at, count, sum, zeros, bins, bin_counts)
      select given.series, to_timestamp(given.minute / 1000), given.count, given.sum, given.zeros, given.bins, given."binCounts"
      from jsonb_to_recordset(${part}::text::jsonb) as given(series integer, minute bigint, count bigint,
        sum double precision, zeros bigint, bins smallint[], "binCounts" bigint[])
      on conflict (series_id, at) do update set
        count = held.count + excluded.count,
        sum = coalesce(held.sum + excluded.sum, held.sum, excluded.sum),
        zeros = coalesce(held.zeros + excluded.zeros, held.zeros, excluded.zeros),
        (bins, bin_counts) = (
          select array_agg(merged.bin order by merged.bin), array_agg(merged.count order by merged.bin)
          from (
            select bin, sum(count)::bigint as count
            from (
              select * from unnest(held.bins, held.bin_counts) as a(bin, count)
              union all
              select * from unnest(excluded.bins, excluded.bin_counts) as b(bin, count)
            ) as either
            group by bin
          ) as merged
        )`)
  }
}

/** Appended and never looked up: replicas that count the same ramp do not wait for each other. */
async function appendDeltas(tx: Db, deltas: { number: number; row: RampDelta }[]): Promise<void> {
  const sums = new Map<string, { stratumId: number; variant: string; metric: string; sums: Float64Array | undefined }>()
  for (const { number: stratumId, row } of deltas) {
    const { variant, metric, subBuckets } = row
    const key = JSON.stringify([stratumId, variant, metric])
    const summed = sums.get(key) ?? { stratumId, variant, metric, sums: undefined }
    sums.set(key, summed)
    summed.sums = addSubBuckets(subBuckets, summed.sums)
  }
  if (sums.size === 0) return
  await tx
    .insert(rampSumDeltas)
    .values([...sums.values()].map(({ sums, ...row }) => ({ ...row, subBuckets: sums ? sparse(sums) : [] })))
}

/** Says which hours must be summed up anew. */
export async function markHours(tx: Db, rows: readonly { minute: number }[]): Promise<void> {
  const hours = [...new Set(rows.map(({ minute }) => Math.floor(minute / HOUR_MS) * HOUR_MS))].sort((a, b) => a - b)
  if (hours.length === 0) return
  await tx
    .insert(telemetryChangedHours)
    .values(hours.map((hour) => ({ hour: new Date(hour), markedAt: sql`date_trunc('minute', now())` })))
    .onConflictDoNothing()
}

/** SDKs give up after a day, so an instance that was silent for 30 days repeats nothing any more. */
export async function forgetOldCursors(db: Db): Promise<void> {
  await db.delete(telemetryCursors).where(lt(telemetryCursors.updatedAt, sql`now() - interval '30 days'`))
}
