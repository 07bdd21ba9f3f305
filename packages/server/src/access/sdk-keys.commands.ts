import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { sdkKeys } from '../db/schema/index.ts'
import { type Db, NOTIFY_CHANNEL } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import type { Environment } from '../projects/projects.queries.ts'
import { planRotation } from './plan-rotation.ts'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from './secrets.ts'

/** Payload of the notification that some SDK key was made or revoked. */
export const KEYS_NOTICE = 'keys'

export interface NewSdkKey {
  kind: 'server' | 'client'
  name: string
  /** When it ends by itself; null for never. */
  expiresAt: Date | null
}

/** Makes a key. The secret is in this answer and nowhere else. */
export async function createSdkKey(db: Db, environment: Environment, input: NewSdkKey, acting: Acting) {
  return inTransaction(db, async (tx) => {
    const made = await insertKey(tx, environment, input, acting)
    await record(tx, environment, acting, 'sdk-key.create', `made the ${made.kind} key "${made.name}"`)
    return made
  })
}

/**
 * Makes a second key beside an old one, which goes on for `overlapHours`: applications take the new one in the
 * meantime, and nobody is cut off. Throws NOT_FOUND, and IN_USE when the old one works no more.
 */
export async function rotateSdkKey(
  db: Db,
  environment: Environment,
  { id, overlapHours }: { id: string; overlapHours: number },
  acting: Acting,
) {
  return inTransaction(db, async (tx) => {
    const old = await lockKey(tx, environment, id)
    const { oldEnds, newEnds } = planRotation(old, overlapHours, Date.now())
    const { kind, name } = old
    const made = await insertKey(tx, environment, { kind, name, expiresAt: newEnds }, acting)
    await tx.update(sdkKeys).set({ expiresAt: oldEnds, rotatedAt: new Date() }).where(eq(sdkKeys.id, id))
    const what = `rotated the ${kind} key "${name}": the old one ends ${oldEnds.toISOString()}`
    await record(tx, environment, acting, 'sdk-key.rotate', what)
    return made
  })
}

async function insertKey(tx: Db, environment: Environment, { kind, name, expiresAt }: NewSdkKey, acting: Acting) {
  const key = createSecret(kind === 'server' ? SECRET_PREFIX.serverKey : SECRET_PREFIX.clientKey)
  const secret = { prefix: visiblePrefix(key), hash: hashSecret(key) }
  const [row] = await tx
    .insert(sdkKeys)
    .values({ environmentId: environment.id, kind, name, expiresAt, ...secret, createdBy: acting.actor.name })
    .returning()
  if (!row) throw new Error('The key was not written.')
  return { ...withoutSecret(row), key }
}

async function lockKey(tx: Db, environment: Environment, id: string) {
  const where = and(eq(sdkKeys.id, id), eq(sdkKeys.environmentId, environment.id))
  const [row] = await tx.select().from(sdkKeys).where(where).for('update')
  if (!row) throw new DomainError('NOT_FOUND', `Environment "${environment.key}" has no SDK key ${id}.`)
  return row
}

/** Ends a key for good. Every replica refuses it and closes its streams within 5 s. A second time changes nothing. */
export async function revokeSdkKey(db: Db, environment: Environment, id: string, acting: Acting): Promise<void> {
  await inTransaction(db, async (tx) => {
    const row = await lockKey(tx, environment, id)
    if (row.revokedAt) return
    await tx.update(sdkKeys).set({ revokedAt: new Date() }).where(eq(sdkKeys.id, id))
    await record(tx, environment, acting, 'sdk-key.revoke', `revoked the ${row.kind} key "${row.name}"`)
  })
}

/** The keys that work, oldest first. */
export async function listSdkKeys(db: Db, environmentId: string) {
  const rows = await db
    .select()
    .from(sdkKeys)
    .where(
      and(
        eq(sdkKeys.environmentId, environmentId),
        isNull(sdkKeys.revokedAt),
        or(isNull(sdkKeys.expiresAt), gt(sdkKeys.expiresAt, new Date())),
      ),
    )
    .orderBy(asc(sdkKeys.createdAt))
  return rows.map(withoutSecret)
}

/** Part of the history, but no new revision: what SDKs evaluate did not change. */
async function record(tx: Db, environment: Environment, acting: Acting, action: string, what: string): Promise<void> {
  const change = {
    projectId: environment.projectId,
    environmentId: environment.id,
    flagId: null,
    action,
    sentence: `${what} of ${environment.key}`,
    before: null,
    after: null,
    version: null,
  }
  await recordChange(tx, change, acting, [], async () => {})
  await tx.execute(sql`select pg_notify(${NOTIFY_CHANNEL}, ${KEYS_NOTICE})`)
}

function withoutSecret(row: typeof sdkKeys.$inferSelect) {
  const { id, kind, name, prefix, createdAt, createdBy, expiresAt, lastUsedAt, rotatedAt } = row
  return {
    id,
    kind,
    name,
    prefix,
    createdAt: createdAt.toISOString(),
    createdBy,
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    /** Another key has taken its place; it goes on until `expiresAt`. */
    replaced: rotatedAt !== null,
  }
}
