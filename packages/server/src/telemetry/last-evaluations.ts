import { inArray, max } from 'drizzle-orm'
import { exposureMinutes } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

/** By flag key, the last minute in which an SDK evaluated it in any of these environments. */
export async function lastEvaluations(db: Db, environmentIds: string[]): Promise<Map<string, Date>> {
  if (environmentIds.length === 0) return new Map()
  const rows = await db
    .select({ flag: exposureMinutes.flagKey, last: max(exposureMinutes.minute) })
    .from(exposureMinutes)
    .where(inArray(exposureMinutes.environmentId, environmentIds))
    .groupBy(exposureMinutes.flagKey)
  return new Map(rows.flatMap(({ flag, last }) => (last ? [[flag, last] as const] : [])))
}
