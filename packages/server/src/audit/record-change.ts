import { randomUUID } from 'node:crypto'
import type { JsonValue } from '@rampart/evaluation'
import { asc, eq, inArray, sql } from 'drizzle-orm'
import { type Actor, auditEntries, auditHeads, environments, type Via } from '../db/schema/index.ts'
import { NOTIFY_CHANNEL, type Db } from '../db/store.ts'
import { type ChainedEntry, chainHash } from './chain.ts'
import { demandReason } from './demand-reason.ts'

/** Who acts, by which way, and why: what the history needs besides the change itself. */
export interface Acting {
  actor: Actor
  via: Via
  reason: string | null
  requestId: string | null
  /** The second person, where the environment wants one. */
  approvedBy?: Actor
}

export interface Change {
  projectId: string
  /** Null when the change concerns the project as a whole. */
  environmentId: string | null
  flagId: string | null
  action: string
  sentence: string
  before: JsonValue
  after: JsonValue
  version: number | null
}

/**
 * The end of every change's transaction, in the one lock order of all changes: whatever was changed is locked already,
 * now come the end of the audit chain and the environments in the order of their ids. `write` gets the new revision of
 * each environment and stores the changed rows with it; `hint` makes the payload of each notification. The time is the
 * database's: clocks of replicas differ, and whoever undoes a change asks how long ago it was. Throws REASON_REQUIRED.
 */
export async function recordChange(
  tx: Db,
  change: Change,
  acting: Acting,
  environmentIds: string[],
  write: (revisions: ReadonlyMap<string, number>) => Promise<void>,
  hint: (environmentId: string, revision: number) => string = (id, revision) => `${id}:${revision}`,
): Promise<ReadonlyMap<string, number>> {
  await demandReason(tx, change, acting, environmentIds)
  // Sent together, and answered in this order: on a busy machine each answer that is waited for takes its time.
  const [[head], revisions] = await Promise.all([lockHead(tx, change.projectId), bumpRevisions(tx, environmentIds)])
  if (!head) throw new Error(`Project ${change.projectId} has no audit chain.`)
  const entry: ChainedEntry = {
    ...change,
    ...acting,
    id: randomUUID(),
    seq: head.seq + 1,
    at: head.at,
    revision: change.environmentId === null ? null : (revisions.get(change.environmentId) ?? null),
  }
  const hash = chainHash(head.hash, entry)
  const hints = [...revisions].map(([id, revision]) => hint(id, revision))
  await Promise.all([
    write(revisions),
    tx
      .insert(auditEntries)
      .values({ ...entry, hash })
      .prepare('audit_entry')
      .execute(),
    moveHead(tx, change.projectId, { seq: entry.seq, hash }, hints),
  ])
  return revisions
}

// A statement with a name is parsed once per connection; without one the driver asks for its types first, each time.

function lockHead(tx: Db, projectId: string) {
  return tx
    .select({ seq: auditHeads.seq, hash: auditHeads.hash, at: sql`clock_timestamp()`.mapWith(auditEntries.at) })
    .from(auditHeads)
    .where(eq(auditHeads.projectId, projectId))
    .for('update')
    .prepare('lock_audit_head')
    .execute()
}

/** Moves the end of the chain, and tells every replica in the same statement; they hear of it when it is committed. */
function moveHead(tx: Db, projectId: string, head: { seq: number; hash: string }, hints: string[]) {
  const told = sql`(select count(pg_notify(${NOTIFY_CHANNEL}, hint)) from jsonb_array_elements_text(${JSON.stringify(hints)}::text::jsonb) as hint)`
  return tx
    .update(auditHeads)
    .set(head)
    .where(eq(auditHeads.projectId, projectId))
    .returning({ told })
    .prepare('move_audit_head')
    .execute()
}

/**
 * Locks in the order of ids, so that two changes of several environments never wait for each other; and no harder than
 * the update itself, so that telemetry, whose rows refer to environments, is not held up.
 */
async function bumpRevisions(tx: Db, ids: string[]): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map()
  if (ids.length > 1) {
    await tx
      .select({ id: environments.id })
      .from(environments)
      .where(inArray(environments.id, ids))
      .orderBy(asc(environments.id))
      .for('no key update')
  }
  const rows = await tx
    .update(environments)
    .set({ revision: sql`${environments.revision} + 1` })
    .where(inArray(environments.id, ids))
    .returning({ id: environments.id, revision: environments.revision })
    .prepare(`bump_revisions_${ids.length}`)
    .execute()
  return new Map(rows.map((row) => [row.id, row.revision]))
}
