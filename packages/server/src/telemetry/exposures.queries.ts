import { and, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import { exposureMinutes } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Steps } from './exposure-steps.ts'

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

/** Number of the step that a minute belongs to. */
function stepOf({ fromMs, stepMs }: Steps): SQL<number> {
  return sql<number>`floor((extract(epoch from ${exposureMinutes.minute}) * 1000 - ${fromMs}::bigint) / ${stepMs}::bigint)::int`
}

function within(environmentId: string, { fromMs, stepMs, count }: Steps): SQL | undefined {
  return and(
    eq(exposureMinutes.environmentId, environmentId),
    gte(exposureMinutes.minute, new Date(fromMs)),
    lt(exposureMinutes.minute, new Date(fromMs + count * stepMs)),
  )
}

/** Sums beyond 2^53 do not occur: a count that large would need a million evaluations a second for 285 years. */
const counted = sql<number>`sum(${exposureMinutes.count})`.mapWith(Number)

/** Evaluations of a flag per variant and step, zeros included; the variants in the given order, others after them. */
export async function readSeries(
  db: Db,
  environmentId: string,
  flagKey: string,
  variants: string[],
  steps: Steps,
): Promise<Series[]> {
  const rows = await db
    .select({ variant: exposureMinutes.variant, step: stepOf(steps), count: counted })
    .from(exposureMinutes)
    .where(and(within(environmentId, steps), eq(exposureMinutes.flagKey, flagKey)))
    .groupBy(sql`1, 2`)
  const series = new Map(variants.map((variant) => [variant, emptyCounts(steps.count)]))
  for (const { variant, step, count } of rows) {
    const counts = series.get(variant) ?? emptyCounts(steps.count)
    series.set(variant, counts)
    counts[step] = count
  }
  return [...series].map(([variant, counts]) => ({ variant, counts }))
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
  const steps = { fromMs: (Math.floor(nowMs / HOUR_MS) - HOURS + 1) * HOUR_MS, stepMs: HOUR_MS, count: HOURS }
  const rows = await db
    .select({ flagKey: exposureMinutes.flagKey, variant: exposureMinutes.variant, step: stepOf(steps), count: counted })
    .from(exposureMinutes)
    .where(within(environmentId, steps))
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
