import { and, count, eq, or } from 'drizzle-orm'
import { type auditEntries, killDeliveries } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

type Entry = typeof auditEntries.$inferSelect

/** Of each kill, by the id of its entry: the processes it went to and those that confirmed, as long as that is kept. */
export async function readDeliveries(
  db: Db,
  kills: readonly Entry[],
): Promise<Map<string, { streams: number; confirmed: number }>> {
  const places = kills.flatMap(({ environmentId, revision }) =>
    environmentId === null || revision === null
      ? []
      : [and(eq(killDeliveries.environmentId, environmentId), eq(killDeliveries.revision, revision))],
  )
  if (places.length === 0) return new Map()
  const rows = await db
    .select({
      environmentId: killDeliveries.environmentId,
      revision: killDeliveries.revision,
      streams: count(),
      confirmed: count(killDeliveries.confirmedMs),
    })
    .from(killDeliveries)
    .where(or(...places))
    .groupBy(killDeliveries.environmentId, killDeliveries.revision)
  const counts = new Map(
    rows.map(({ environmentId, revision, streams, confirmed }) => [
      `${environmentId} ${revision}`,
      { streams, confirmed },
    ]),
  )
  return new Map(
    kills.flatMap(({ id, environmentId, revision }) => {
      const counted = counts.get(`${environmentId} ${revision}`)
      return counted ? [[id, counted] as const] : []
    }),
  )
}
