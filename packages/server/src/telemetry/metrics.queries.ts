import { and, asc, eq, ne, sql } from 'drizzle-orm'
import { metrics, telemetrySeries } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { RESOLUTIONS, type Steps } from './exposure-steps.ts'
import type { Source } from './exposures.queries.ts'
import { groupBy } from './group-by.ts'
import { createHistogramMerge, type HistogramText, ZEROS } from './merge-histograms.ts'
import { pointsWithin, stepOf } from './points.ts'

const LOG_GAMMA = Math.log(1.01 / 0.99)
/** Some hundred bytes each, and a few milliseconds of this process together. */
const POINTS_AT_ONCE = 4_000

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

/** A row of the answer: what one series counted within one step. */
interface Row extends HistogramText {
  seriesId: number
  step: number
  count: number
  sum: number | null
}

/**
 * What was tracked of those who get a flag against those who do not, metric by metric.
 * @param baseVariants variants of people who are not in anything
 */
export async function readMetrics(
  db: Db,
  source: Source & { flagKey: string },
  baseVariants: ReadonlySet<string>,
  steps: Steps,
  nowMs: number,
): Promise<MetricSeries[]> {
  const series = new Map((await listSeries(db, source)).map((row) => [row.id, row]))
  const gathered = new Map<string, Omit<MetricSeries, 'metric'>>()
  const merge = createHistogramMerge()
  for (const part of partsOf(steps, series.size)) {
    const rows = await readRows(db, [...series.keys()], part, steps, nowMs)
    const cells = groupBy(rows, ({ seriesId, step }) => {
      const { metric, variant } = series.get(seriesId) as SeriesRow
      return JSON.stringify([metric, baseVariants.has(variant), step])
    })
    for (const [cell, pieces] of cells) {
      const [metric, isBase, step] = JSON.parse(cell) as [string, boolean, number]
      const into = gathered.get(metric) ?? startGathering(steps.count)
      gathered.set(metric, into)
      gather(into, isBase, step, pieces, merge)
    }
  }
  return [...gathered].sort(([a], [b]) => (a < b ? -1 : 1)).map(([metric, found]) => ({ metric, ...found }))
}

type SeriesRow = Awaited<ReturnType<typeof listSeries>>[number]

function listSeries(db: Db, { environmentId, flagKey, sdk }: Source & { flagKey: string }) {
  const { id, metric, variant } = telemetrySeries
  return db
    .select({ id, metric, variant })
    .from(telemetrySeries)
    .where(
      and(
        eq(telemetrySeries.environmentId, environmentId),
        eq(telemetrySeries.flagKey, flagKey),
        ne(telemetrySeries.metric, ''),
        sdk === undefined ? undefined : eq(telemetrySeries.sdk, sdk),
      ),
    )
}

/** Spans of whole steps that hold so many points that this process is never long at one of them, nor full of it. */
function* partsOf(steps: Steps, series: number): Generator<Steps> {
  if (series === 0) return
  const pointsPerStep = (series * steps.stepMs) / RESOLUTIONS[steps.resolution]
  const atOnce = Math.max(1, Math.floor(POINTS_AT_ONCE / pointsPerStep))
  for (let at = 0; at < steps.count; at += atOnce)
    yield { ...steps, fromMs: steps.fromMs + at * steps.stepMs, count: Math.min(atOnce, steps.count - at) }
}

/**
 * Histograms come as text and are merged here: the database would make a row of every bin of every minute and sort them,
 * which takes it ten times as long.
 */
function readRows(db: Db, seriesIds: number[], part: Steps, steps: Steps, nowMs: number): Promise<Row[]> {
  // A list in one parameter, which both drivers write alike.
  const which = sql`series_id = any(string_to_array(${seriesIds.join(',')}::text, ',')::int[])`
  const listOf = (column: string) =>
    sql<string | null>`string_agg(nullif(array_to_string(points.${sql.identifier(column)}, ','), ''), ',')`
  return db
    .select({
      seriesId: sql<number>`points.series_id`,
      step: stepOf(steps),
      count: sql<number>`sum(points.count)::float8`,
      sum: sql<number | null>`sum(points.sum)`,
      zeros: sql<number | null>`sum(points.zeros)::float8`,
      bins: listOf('bins'),
      binCounts: listOf('bin_counts'),
    })
    .from(pointsWithin(part, nowMs, which))
    .groupBy(sql`1, 2`)
}

function startGathering(steps: number): Omit<MetricSeries, 'metric'> {
  const nulls = () => Array.from({ length: steps }, (): number | null => null)
  const arm = (): MetricArm => ({
    count: Array.from({ length: steps }, () => 0),
    mean: nulls(),
    p50: nulls(),
    p95: nulls(),
    p99: nulls(),
  })
  return { kind: 'occurrence', exposed: arm(), notExposed: arm() }
}

function gather(
  into: Omit<MetricSeries, 'metric'>,
  isBase: boolean,
  step: number,
  pieces: Row[],
  merge: ReturnType<typeof createHistogramMerge>,
): void {
  const arm = isBase ? into.notExposed : into.exposed
  const count = pieces.reduce((total, piece) => total + piece.count, 0)
  const sums = pieces.flatMap(({ sum }) => (sum === null ? [] : [sum]))
  arm.count[step] = count
  if (sums.length > 0) arm.mean[step] = sums.reduce((total, sum) => total + sum, 0) / count
  const found = merge(pieces)
  if (!found) return
  arm.p50[step] = valueOf(found.p50)
  arm.p95[step] = valueOf(found.p95)
  arm.p99[step] = valueOf(found.p99)
  if (!found.isShare) into.kind = 'number'
  else if (into.kind === 'occurrence') into.kind = 'share'
}

/** The value that stands for a bin; any in it is at most a hundredth away. */
function valueOf(bin: number): number {
  return bin === ZEROS ? 0 : Number((Math.exp(bin * LOG_GAMMA) * 0.99).toPrecision(6))
}

/** The metrics of a project, by name. */
export async function listMetrics(db: Db, projectId: string) {
  const rows = await db.select().from(metrics).where(eq(metrics.projectId, projectId)).orderBy(asc(metrics.name))
  return rows.map(({ name, fromPages, firstSeenAt }) => ({ name, fromPages, firstSeenAt: firstSeenAt.toISOString() }))
}
