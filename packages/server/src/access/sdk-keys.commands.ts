import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { sdkKeys } from '../db/schema/index.ts'
import { type Db, NOTIFY_CHANNEL } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import type { Environment } from '../projects/projects.queries.ts'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from './secrets.ts'

/** Payload of the notification that some SDK key was made or revoked. */
export const KEYS_NOTICE = 'keys'

export interface NewSdkKey {
  kind: 'server' | 'client'
  name: string
}

/** Makes a key. The secret is in this answer and nowhere else. */
export async function createSdkKey(db: Db, environment: Environment, input: NewSdkKey, acting: Acting) {
  return inTransaction(db, async (tx) => {
    const key = createSecret(input.kind === 'server' ? SECRET_PREFIX.serverKey : SECRET_PREFIX.clientKey)
    const [row] = await tx
      .insert(sdkKeys)
      .values({
        environmentId: environment.id,
        kind: input.kind,
        name: input.name,
        prefix: visiblePrefix(key),
        hash: hashSecret(key),
        createdBy: acting.actor.name,
      })
      .returning()
    if (!row) throw new Error('The key was not written.')
    await record(tx, environment, acting, 'sdk-key.create', `made the ${row.kind} key "${row.name}"`)
    return { ...withoutSecret(row), key }
  })
}

/** Ends a key for good. Every replica refuses it and closes its streams within 5 s. A second time changes nothing. */
export async function revokeSdkKey(db: Db, environment: Environment, id: string, acting: Acting): Promise<void> {
  await inTransaction(db, async (tx) => {
    const where = and(eq(sdkKeys.id, id), eq(sdkKeys.environmentId, environment.id))
    const [row] = await tx.select().from(sdkKeys).where(where).for('update')
    if (!row) throw new DomainError('NOT_FOUND', `Environment "${environment.key}" has no SDK key ${id}.`)
    if (row.revokedAt) return
    await tx.update(sdkKeys).set({ revokedAt: new Date() }).where(where)
    await record(tx, environment, acting, 'sdk-key.revoke', `revoked the ${row.kind} key "${row.name}"`)
  })
}

/** The keys that work, oldest first. */
export async function listSdkKeys(db: Db, environmentId: string) {
  const rows = await db
    .select()
    .from(sdkKeys)
    .where(and(eq(sdkKeys.environmentId, environmentId), isNull(sdkKeys.revokedAt)))
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
  const { id, kind, name, prefix, createdAt } = row
  return { id, kind, name, prefix, createdAt: createdAt.toISOString() }
}
