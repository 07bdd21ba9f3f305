import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import { type Acting, type Change, recordChange } from '../audit/record-change.ts'
import { sdkKeys } from '../db/schema/index.ts'
import { type Db, NOTIFY_CHANNEL } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError, invalidInput } from '../http/errors.ts'
import type { Environment } from '../projects/projects.queries.ts'
import { listOrigins } from './page-origins.ts'
import { planRotation } from './plan-rotation.ts'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from './secrets.ts'

/** Payload of the notification that some SDK key was made or revoked. */
export const KEYS_NOTICE = 'keys'

export interface NewSdkKey {
  kind: 'server' | 'client'
  name: string
  /** When it ends by itself; null for never. */
  expiresAt: Date | null
  /** The only pages that may use a client key; none for pages of any origin. */
  origins: string[]
}

/** Makes a key. The secret is in this answer and nowhere else. Throws INVALID_INPUT for origins of a server key. */
export async function createSdkKey(db: Db, environment: Environment, input: NewSdkKey, acting: Acting) {
  refuseOriginsOfServers(input.kind, input.origins)
  return inTransaction(db, async (tx) => {
    const made = await insertKey(tx, environment, input, acting)
    const forWhom = made.origins.length > 0 ? ` for pages of ${listOrigins(made.origins)}` : ''
    await record(tx, environment, acting, 'sdk-key.create', `made ${inWords(made, environment)}${forWhom}`)
    return made
  })
}

/**
 * Says which pages may use a client key; no origins for pages of any. Holds on every replica within 5 s, for open streams
 * too. The same again changes nothing. Throws NOT_FOUND, INVALID_INPUT, and IN_USE when the key works no more.
 */
export async function bindSdkKey(
  db: Db,
  environment: Environment,
  { id, origins }: { id: string; origins: string[] },
  acting: Acting,
) {
  return inTransaction(db, async (tx) => {
    const old = await lockKey(tx, environment, id)
    refuseOriginsOfServers(old.kind, origins)
    if (old.revokedAt || (old.expiresAt && old.expiresAt.getTime() <= Date.now())) {
      throw new DomainError('IN_USE', `"${old.name}" works no more. Make a new one.`)
    }
    if (JSON.stringify(origins) === JSON.stringify(old.origins)) return withoutSecret(old)
    await tx.update(sdkKeys).set({ origins }).where(eq(sdkKeys.id, id))
    const who = origins.length > 0 ? `only pages of ${listOrigins(origins)}` : 'pages of any origin'
    const sentence = `let ${who} use ${inWords(old, environment)}`
    const difference = { before: { origins: old.origins }, after: { origins } }
    await record(tx, environment, acting, 'sdk-key.edit', sentence, difference)
    return withoutSecret({ ...old, origins })
  })
}

function refuseOriginsOfServers(kind: 'server' | 'client', origins: string[]): void {
  if (kind === 'client' || origins.length === 0) return
  const message = 'Only client keys have origins: a server key is secret and stands in no page.'
  throw invalidInput([{ path: 'origins', message }])
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
    const { kind, name, origins } = old
    const made = await insertKey(tx, environment, { kind, name, origins, expiresAt: newEnds }, acting)
    await tx.update(sdkKeys).set({ expiresAt: oldEnds, rotatedAt: new Date() }).where(eq(sdkKeys.id, id))
    const sentence = `rotated ${inWords(old, environment)}: the old one ends ${oldEnds.toISOString()}`
    await record(tx, environment, acting, 'sdk-key.rotate', sentence)
    return made
  })
}

async function insertKey(tx: Db, environment: Environment, input: NewSdkKey, acting: Acting) {
  const key = createSecret(input.kind === 'server' ? SECRET_PREFIX.serverKey : SECRET_PREFIX.clientKey)
  const secret = { prefix: visiblePrefix(key), hash: hashSecret(key) }
  const [row] = await tx
    .insert(sdkKeys)
    .values({ ...input, ...secret, environmentId: environment.id, createdBy: acting.actor.name })
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
    await record(tx, environment, acting, 'sdk-key.revoke', `revoked ${inWords(row, environment)}`)
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
async function record(
  tx: Db,
  environment: Environment,
  acting: Acting,
  action: string,
  sentence: string,
  difference: Pick<Change, 'before' | 'after'> = { before: null, after: null },
): Promise<void> {
  const change = {
    projectId: environment.projectId,
    environmentId: environment.id,
    flagId: null,
    action,
    sentence,
    ...difference,
    version: null,
  }
  await recordChange(tx, change, acting, [], async () => {})
  await tx.execute(sql`select pg_notify(${NOTIFY_CHANNEL}, ${KEYS_NOTICE})`)
}

function inWords({ kind, name }: { kind: string; name: string }, environment: Environment): string {
  return `the ${kind} key "${name}" of ${environment.key}`
}

function withoutSecret(row: typeof sdkKeys.$inferSelect) {
  const { id, kind, name, prefix, origins, createdAt, createdBy, expiresAt, lastUsedAt, rotatedAt } = row
  return {
    id,
    kind,
    name,
    prefix,
    origins,
    createdAt: createdAt.toISOString(),
    createdBy,
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    /** Another key has taken its place; it goes on until `expiresAt`. */
    replaced: rotatedAt !== null,
  }
}
