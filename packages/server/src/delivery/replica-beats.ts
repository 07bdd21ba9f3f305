import { and, eq, gt, lt, sql } from 'drizzle-orm'
import { flagKills, killDeliveries, replicas } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

/** A replica that was silent for so long is gone: a new process would have another id. */
const FORGOTTEN = sql`now() - interval '15 minutes'`

/** A replica that holds streams and has not said that a kill went out to them. */
export interface SilentReplica {
  replica: string
  /** Its streams when it was last heard of. */
  streams: number
  seenS: number
}

/** Says that this replica lives and how many streams it holds. */
export async function beat(
  db: Db,
  replica: { id: string; name: string; streams: Record<string, number> },
): Promise<void> {
  await db
    .insert(replicas)
    .values(replica)
    .onConflictDoUpdate({ target: replicas.id, set: { seenAt: sql`now()`, streams: replica.streams } })
}

/** The last word of a replica that stops. */
export async function leave(db: Db, id: string): Promise<void> {
  await db.delete(replicas).where(eq(replicas.id, id))
}

export async function forgetOldReplicas(db: Db): Promise<void> {
  await db.delete(replicas).where(lt(replicas.seenAt, sql`now() - interval '1 day'`))
}

/** Who holds streams of an environment since before that kill (or restore) and has not reported it. */
export function listSilent(db: Db, environmentId: string, revision: number): Promise<SilentReplica[]> {
  const streams = sql<number>`coalesce((${replicas.streams}->>${environmentId}::text)::int, 0)`
  const killedAt = db
    .select({ at: flagKills.at })
    .from(flagKills)
    .where(and(eq(flagKills.environmentId, environmentId), eq(flagKills.revision, revision)))
    .limit(1)
  const reported = db
    .select({ replica: killDeliveries.replica })
    .from(killDeliveries)
    .where(and(eq(killDeliveries.environmentId, environmentId), eq(killDeliveries.revision, revision)))
  return db
    .select({
      replica: replicas.name,
      streams,
      seenS: sql<number>`greatest(0, extract(epoch from now() - ${replicas.seenAt}))::int`,
    })
    .from(replicas)
    .where(
      and(
        gt(replicas.seenAt, FORGOTTEN),
        gt(streams, 0),
        sql`${replicas.startedAt} < (${killedAt})`,
        sql`${replicas.id}::text not in (${reported})`,
      ),
    )
    .orderBy(replicas.name)
}
