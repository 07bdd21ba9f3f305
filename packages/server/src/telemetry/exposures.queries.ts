import { and, eq, type SQL, sql } from 'drizzle-orm'
import { telemetrySeries } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Steps } from './exposure-steps.ts'
import { pointsWithin, stepOf } from './points.ts'

const HOUR_MS = 60 * 60 * 1000
const HOURS = 24

export interface Series {
  variant: string
  counts: number[]
}

export interface DayOfFlag {
  total: number
  exposed: number
  /** `exposed` by the hour, oldest first. */
  points: number[]
}

/** Which series: of one flag, of one SDK, or of all. */
export interface Source {
  environmentId: string
  flagKey?: string
  /** `rampart-node/0.1.0`; all of them unless given. */
  sdk?: string | undefined
}

/** Sums beyond 2^53 do not occur: a count that large would need a million evaluations a second for 285 years. */
const counted = sql<number>`sum(points.count)`.mapWith(Number)

function exposuresOf({ environmentId, flagKey, sdk }: Source): SQL | undefined {
  return and(
    eq(telemetrySeries.environmentId, environmentId),
    eq(telemetrySeries.metric, ''),
    flagKey === undefined ? undefined : eq(telemetrySeries.flagKey, flagKey),
    sdk === undefined ? undefined : eq(telemetrySeries.sdk, sdk),
  )
}

/** Evaluations of a flag per variant and step, zeros included; the variants in the given order, others after them. */
export async function readSeries(
  db: Db,
  source: Source,
  variants: string[],
  steps: Steps,
  nowMs: number,
): Promise<Series[]> {
  const which = sql`series_id in (select id from ${telemetrySeries} where ${exposuresOf(source)})`
  const rows = await db
    .select({ variant: telemetrySeries.variant, step: stepOf(steps), count: counted })
    .from(pointsWithin(steps, nowMs, which))
    .innerJoin(telemetrySeries, sql`${telemetrySeries.id} = points.series_id`)
    .groupBy(sql`1, 2`)
  const series = new Map(variants.map((variant) => [variant, emptyCounts(steps.count)]))
  for (const { variant, step, count } of rows) {
    const counts = series.get(variant) ?? emptyCounts(steps.count)
    series.set(variant, counts)
    counts[step] = count
  }
  return [...series].map(([variant, counts]) => ({ variant, counts }))
}

/** The SDKs that ever evaluated a flag, by name and version. */
export async function listSdksOf(db: Db, environmentId: string, flagKey: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ sdk: telemetrySeries.sdk })
    .from(telemetrySeries)
    .where(exposuresOf({ environmentId, flagKey }))
    .orderBy(telemetrySeries.sdk)
  return rows.map(({ sdk }) => sdk)
}

/**
 * The last 24 hours of every flag that was evaluated.
 * @param isExposed whether a variant is more than what everybody got before the flag
 */
export async function readDay(
  db: Db,
  environmentId: string,
  isExposed: (flagKey: string, variant: string) => boolean,
  nowMs: number,
): Promise<{ stepMs: number; fromMs: number; flags: Map<string, DayOfFlag> }> {
  const fromMs = (Math.floor(nowMs / HOUR_MS) - HOURS + 1) * HOUR_MS
  const steps: Steps = { fromMs, stepMs: HOUR_MS, count: HOURS, resolution: 'hours' }
  const which = sql`series_id in (select id from ${telemetrySeries} where ${exposuresOf({ environmentId })})`
  const rows = await db
    .select({
      flagKey: telemetrySeries.flagKey,
      variant: telemetrySeries.variant,
      step: stepOf(steps),
      count: counted,
    })
    .from(pointsWithin(steps, nowMs, which))
    .innerJoin(telemetrySeries, sql`${telemetrySeries.id} = points.series_id`)
    .groupBy(sql`1, 2, 3`)
  const flags = new Map<string, DayOfFlag>()
  for (const { flagKey, variant, step, count } of rows) {
    const day = flags.get(flagKey) ?? { total: 0, exposed: 0, points: emptyCounts(HOURS) }
    flags.set(flagKey, day)
    day.total += count
    if (!isExposed(flagKey, variant)) continue
    day.exposed += count
    day.points[step] = (day.points[step] ?? 0) + count
  }
  return { stepMs: HOUR_MS, fromMs: steps.fromMs, flags }
}

function emptyCounts(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}
