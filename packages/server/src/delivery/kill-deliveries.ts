import { and, eq, lt, sql } from 'drizzle-orm'
import { killDeliveries } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

/** How a kill (or restore) reached the SDKs, counted over all replicas. */
export interface KillDelivery {
  /** Server SDK streams that were open when it went out. */
  streams: number
  /** Of those, how many have the event in their socket. */
  sent: number
  /** Milliseconds from the commit until the last of them had it; null while none has. */
  sentMs: number | null
  /** Of those, how many said that they serve it. */
  confirmed: number
  confirmedMs: number | null
  /** Some of those that did not confirm, by name. */
  lagging: { instance: string; sdk: string; reason: string }[]
  /** Streams of clients that cannot confirm. */
  unconfirmable: number
}

/** One stream at the moment a kill went out. */
export interface SentRow {
  instance: string
  name: string
  sdk: string
  sentMs: number | null
}

export interface ConfirmedRow {
  environmentId: string
  revision: number
  instance: string
  name: string
  sdk: string
  confirmedMs: number
}

/** Stands before the made-up instance of a stream whose client did not give one: it cannot confirm. */
export const ANONYMOUS = '~'

const BATCH = 1000
const MAX_NAMED = 20

/** Writes down to which streams a kill went. A receipt may have come before: the row then gains its other half. */
export async function recordSent(
  db: Db,
  kill: { environmentId: string; revision: number; replica: string },
  rows: SentRow[],
): Promise<void> {
  // Sorted, so that writers of the same rows lock them in one order; of two streams of an instance the later counts.
  const byInstance = new Map(rows.map((row) => [row.instance, row]))
  const sorted = [...byInstance.values()].sort((a, b) => (a.instance < b.instance ? -1 : 1))
  for (let at = 0; at < sorted.length; at += BATCH) {
    // One parameter instead of thousands, which the driver would have to encode one by one.
    const batch = JSON.stringify(sorted.slice(at, at + BATCH))
    await db.execute(sql`
      insert into kill_deliveries (environment_id, revision, instance, name, sdk, replica, sent_ms)
      select ${kill.environmentId}::uuid, ${kill.revision}::bigint, sent.instance, sent.name, sent.sdk,
        ${kill.replica}::text, sent."sentMs"
      from jsonb_to_recordset(${batch}::text::jsonb) as sent(instance text, name text, sdk text, "sentMs" integer)
      on conflict (environment_id, revision, instance) do update
      set sent_ms = excluded.sent_ms, replica = excluded.replica, name = excluded.name, sdk = excluded.sdk`)
  }
}

/** Notes receipts. The first one of an instance counts; repeated ones change nothing. */
export async function recordConfirmed(db: Db, rows: ConfirmedRow[]): Promise<void> {
  const byKey = new Map(rows.toReversed().map((row) => [`${row.environmentId} ${row.revision} ${row.instance}`, row]))
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  for (let at = 0; at < sorted.length; at += BATCH) {
    const batch = JSON.stringify(sorted.slice(at, at + BATCH))
    await db.execute(sql`
      insert into kill_deliveries (environment_id, revision, instance, name, sdk, confirmed_ms)
      select seen."environmentId", seen.revision, seen.instance, seen.name, seen.sdk, seen."confirmedMs"
      from jsonb_to_recordset(${batch}::text::jsonb) as seen("environmentId" uuid, revision bigint, instance text,
        name text, sdk text, "confirmedMs" integer)
      on conflict (environment_id, revision, instance) do update
      set confirmed_ms = coalesce(kill_deliveries.confirmed_ms, excluded.confirmed_ms)`)
  }
}

/** Notes that streams were lost before they confirmed, so that a screen can say why a number does not grow. */
export async function recordLost(db: Db, environmentId: string, instances: string[]): Promise<void> {
  await db.execute(sql`
    update kill_deliveries set lost_at = now()
    where environment_id = ${environmentId}::uuid and confirmed_ms is null and lost_at is null
      and at > now() - interval '10 minutes'
      and instance in (select jsonb_array_elements_text(${JSON.stringify(instances)}::text::jsonb))`)
}

/** How the kill (or restore) of that revision reached the SDKs so far. */
export async function countKillDelivery(db: Db, environmentId: string, revision: number): Promise<KillDelivery> {
  const ofKill = and(eq(killDeliveries.environmentId, environmentId), eq(killDeliveries.revision, revision))
  // Rows without a replica come from receipts of clients that had no stream: they were not among those asked.
  const open = sql`${killDeliveries.replica} <> '' and not starts_with(${killDeliveries.instance}, ${ANONYMOUS})`
  const confirmed = sql`${open} and ${killDeliveries.confirmedMs} is not null`
  // Who confirmed had it, even if its stream was gone when the writes were counted.
  const sent = sql`${open} and (${killDeliveries.sentMs} is not null or ${killDeliveries.confirmedMs} is not null)`
  const [counts] = await db
    .select({
      streams: sql<number>`(count(*) filter (where ${open}))::int`,
      sent: sql<number>`(count(*) filter (where ${sent}))::int`,
      sentMs: sql<number | null>`max(${killDeliveries.sentMs}) filter (where ${open})`,
      confirmed: sql<number>`(count(*) filter (where ${confirmed}))::int`,
      confirmedMs: sql<number | null>`max(${killDeliveries.confirmedMs}) filter (where ${open})`,
      unconfirmable: sql<number>`(count(*) filter (where starts_with(${killDeliveries.instance}, ${ANONYMOUS})))::int`,
    })
    .from(killDeliveries)
    .where(ofKill)
  if (!counts) throw new Error('An aggregate without groups gives one row.')
  const lagging = await db
    .select({
      instance: killDeliveries.instance,
      name: killDeliveries.name,
      sdk: killDeliveries.sdk,
      waitingS: sql<number>`extract(epoch from now() - ${killDeliveries.at})::int`,
      lostS: sql<number | null>`extract(epoch from now() - ${killDeliveries.lostAt})::int`,
    })
    .from(killDeliveries)
    .where(and(ofKill, open, sql`${killDeliveries.confirmedMs} is null`))
    .orderBy(killDeliveries.name, killDeliveries.instance)
    .limit(MAX_NAMED)
  return {
    ...counts,
    lagging: lagging.map(({ instance, name, sdk, waitingS, lostS }) => ({
      instance: name || instance,
      sdk,
      reason: lostS === null ? `no answer for ${waitingS} s` : `stream lost ${lostS} s ago`,
    })),
  }
}

const KEPT = sql`now() - interval '7 days'`

/** Deletes what nobody looks at any more. */
export async function forgetOldDeliveries(db: Db): Promise<void> {
  await db.delete(killDeliveries).where(lt(killDeliveries.at, KEPT))
}
