import { asc, eq, type SQL, sql } from 'drizzle-orm'
import { metrics, telemetrySeries } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Steps } from './exposure-steps.ts'
import type { Source } from './exposures.queries.ts'
import { groupBy } from './group-by.ts'
import { pointsWithin, stepOf } from './points.ts'

const LOG_GAMMA = Math.log(1.01 / 0.99)
/** Stands for values of 0 or less, below every bin. */
const ZEROS = -32_768
/** A value of 1 lies in the bin that ends at gamma^0. */
const BIN_OF_ONE = 0

/** One arm of a metric, a number per step; null where nothing was tracked. */
export interface MetricArm {
  count: number[]
  mean: (number | null)[]
  p50: (number | null)[]
  p95: (number | null)[]
  p99: (number | null)[]
}

export interface MetricSeries {
  metric: string
  /** What its values are: 0 or 1, none at all, or any number. */
  kind: 'share' | 'occurrence' | 'number'
  exposed: MetricArm
  notExposed: MetricArm
}

interface Row {
  metric: string
  isBase: boolean
  step: number
  count: number
  sum: number | null
  binned: number | null
  least: number | null
  most: number | null
  p50: number | null
  p95: number | null
  p99: number | null
}

/**
 * What was tracked of those who get a flag against those who do not, metric by metric.
 * @param baseVariants variants of people who are not in anything
 */
export async function readMetrics(
  db: Db,
  source: Source & { flagKey: string },
  baseVariants: string[],
  steps: Steps,
  nowMs: number,
): Promise<MetricSeries[]> {
  const rows = await readRows(db, source, baseVariants, steps, nowMs)
  const byMetric = [...groupBy(rows, ({ metric }) => metric)].sort(([a], [b]) => (a < b ? -1 : 1))
  return byMetric.map(([metric, some]) => ({
    metric,
    kind: kindOf(some),
    exposed: armOf(some, false, steps.count),
    notExposed: armOf(some, true, steps.count),
  }))
}

/** In the database, for a histogram of every minute would take seconds of the process that also sends kills. */
async function readRows(
  db: Db,
  source: Source & { flagKey: string },
  baseVariants: string[],
  steps: Steps,
  nowMs: number,
) {
  const { environmentId, flagKey, sdk } = source
  const which = sql`series_id in (select id from ${telemetrySeries}
    where environment_id = ${environmentId}::uuid and flag_key = ${flagKey} and metric <> ''
      and ${sdk === undefined ? sql`true` : sql`sdk = ${sdk}`})`
  // A list in one parameter, which both drivers write alike.
  const isBase = sql`coalesce(series.variant in (select jsonb_array_elements_text(${JSON.stringify(baseVariants)}::text::jsonb)), false)`
  const quantile = (share: number) => sql`min(bin) filter (where upto >= ${share}::float8 * total)`
  const summed = sql`(
    with named as (
      select series.metric, ${isBase} as is_base, ${stepOf(steps)} as step, points.*
      from ${pointsWithin(steps, nowMs, which)}
      join ${telemetrySeries} as series on series.id = points.series_id
    ),
    sums as (
      select metric, is_base, step, sum(count)::float8 as count, sum(sum) as sum from named group by 1, 2, 3
    ),
    binned as (
      select metric, is_base, step, bin, sum(n) as n
      from (
        select metric, is_base, step, bin, n from named, unnest(bins, bin_counts) as histogram(bin, n)
        union all
        select metric, is_base, step, ${ZEROS}, zeros from named where zeros > 0
      ) as every_bin
      group by 1, 2, 3, 4
    ),
    running as (
      select *, sum(n) over (partition by metric, is_base, step order by bin) as upto,
        sum(n) over (partition by metric, is_base, step) as total
      from binned
    ),
    quantiles as (
      select metric, is_base, step, max(total)::float8 as binned, min(bin) as least, max(bin) as most,
        ${quantile(0.5)} as p50, ${quantile(0.95)} as p95, ${quantile(0.99)} as p99
      from running group by 1, 2, 3
    )
    select * from sums left join quantiles using (metric, is_base, step)
  ) as summed`
  const column = <T>(name: string): SQL<T> => sql<T>`${sql.identifier('summed')}.${sql.identifier(name)}`
  return db
    .select({
      metric: column<string>('metric'),
      isBase: column<boolean>('is_base'),
      step: column<number>('step'),
      count: column<number>('count'),
      sum: column<number | null>('sum'),
      binned: column<number | null>('binned'),
      least: column<number | null>('least'),
      most: column<number | null>('most'),
      p50: column<number | null>('p50'),
      p95: column<number | null>('p95'),
      p99: column<number | null>('p99'),
    })
    .from(summed)
}

function armOf(rows: Row[], isBase: boolean, steps: number): MetricArm {
  const nulls = () => Array.from({ length: steps }, (): number | null => null)
  const arm: MetricArm = {
    count: Array.from({ length: steps }, () => 0),
    mean: nulls(),
    p50: nulls(),
    p95: nulls(),
    p99: nulls(),
  }
  for (const row of rows) {
    if (row.isBase !== isBase) continue
    const { step, count, sum } = row
    arm.count[step] = count
    arm.mean[step] = sum === null ? null : sum / count
    arm.p50[step] = valueOf(row.p50)
    arm.p95[step] = valueOf(row.p95)
    arm.p99[step] = valueOf(row.p99)
  }
  return arm
}

/** The value that stands for a bin; any in it is at most a hundredth away. */
function valueOf(bin: number | null): number | null {
  if (bin === null) return null
  return bin === ZEROS ? 0 : Number((Math.exp(bin * LOG_GAMMA) * 0.99).toPrecision(6))
}

function kindOf(rows: Row[]): MetricSeries['kind'] {
  const binned = rows.filter(({ binned }) => binned !== null)
  if (binned.length === 0) return 'occurrence'
  const isShare = binned.every(
    ({ least, most }) => (least === ZEROS || least === BIN_OF_ONE) && (most === ZEROS || most === BIN_OF_ONE),
  )
  return isShare ? 'share' : 'number'
}

/** The metrics of a project, by name. */
export async function listMetrics(db: Db, projectId: string) {
  const rows = await db.select().from(metrics).where(eq(metrics.projectId, projectId)).orderBy(asc(metrics.name))
  return rows.map(({ name, fromPages, firstSeenAt }) => ({ name, fromPages, firstSeenAt: firstSeenAt.toISOString() }))
}
