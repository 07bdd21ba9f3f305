import { and, eq, inArray, sql } from 'drizzle-orm'
import { telemetrySeries } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

const newestIn = (table: string) =>
  sql`(select at from ${sql.identifier(table)} where series_id = ${telemetrySeries.id} order by at desc limit 1)`
/** The finest sums that are still kept tell it to the minute, of long ago they tell the day. */
const newest = sql`greatest(${newestIn('telemetry_minutes')}, ${newestIn('telemetry_hours')}, ${newestIn('telemetry_days')})`

/** By flag key, when an SDK last evaluated it in any of these environments. */
export async function lastEvaluations(db: Db, environmentIds: string[]): Promise<Map<string, Date>> {
  if (environmentIds.length === 0) return new Map()
  const rows = await db
    .select({
      flag: telemetrySeries.flagKey,
      lastMs: sql<number | null>`(extract(epoch from max(${newest})) * 1000)::float8`,
    })
    .from(telemetrySeries)
    .where(and(inArray(telemetrySeries.environmentId, environmentIds), eq(telemetrySeries.metric, '')))
    .groupBy(telemetrySeries.flagKey)
  return new Map(rows.flatMap(({ flag, lastMs }) => (lastMs === null ? [] : [[flag, new Date(lastMs)] as const])))
}
