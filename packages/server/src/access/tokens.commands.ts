import { and, asc, eq, gt, inArray, isNull, or, type SQL } from 'drizzle-orm'
import type { Acting } from '../audit/record-change.ts'
import { apiTokens, environments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import { keysOf } from './describe-grants.ts'
import { planRotation } from './plan-rotation.ts'
import { recordAccess } from './record-access.ts'
import { describeGrant, type Grant, refuseToGiveMore } from './roles.ts'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from './secrets.ts'

type Row = typeof apiTokens.$inferSelect

export interface NewToken {
  name: string
  grant: Grant
  /** When it ends by itself; null for never. */
  expiresAt: Date | null
}

/** Makes a token. The secret is in this answer and nowhere else. Throws FORBIDDEN. */
export async function createToken(db: Db, input: NewToken, acting: Acting, giver: readonly Grant[]) {
  refuseToGiveMore(giver, input.grant)
  return inTransaction(db, async (tx) => {
    const made = await insertToken(tx, input, acting)
    const what = `made the API token "${input.name}": ${describeGrant(input.grant)}`
    await recordAccess(tx, input.grant.projectId, acting, 'token.create', what)
    return made
  })
}

/** A new token beside an old one, which goes on for `overlapHours`. Throws NOT_FOUND, IN_USE, FORBIDDEN. */
export async function rotateToken(
  db: Db,
  { projectId, id, overlapHours }: { projectId: string | null; id: string; overlapHours: number },
  acting: Acting,
  giver: readonly Grant[],
) {
  return inTransaction(db, async (tx) => {
    const old = await lockToken(tx, projectId, id, giver)
    const { oldEnds, newEnds } = planRotation(old, overlapHours, Date.now())
    const made = await insertToken(tx, { name: old.name, grant: old, expiresAt: newEnds }, acting)
    await tx.update(apiTokens).set({ expiresAt: oldEnds, rotatedAt: new Date() }).where(eq(apiTokens.id, id))
    const what = `rotated the API token "${old.name}": the old one ends ${oldEnds.toISOString()}`
    await recordAccess(tx, projectId, acting, 'token.rotate', what)
    return made
  })
}

/** Ends a token on every replica within 5 s. A second time changes nothing. Throws NOT_FOUND, IN_USE, FORBIDDEN. */
export async function revokeToken(
  db: Db,
  projectId: string | null,
  id: string,
  acting: Acting,
  giver: readonly Grant[],
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const row = await lockToken(tx, projectId, id, giver)
    if (row.revokedAt) return
    await tx.update(apiTokens).set({ revokedAt: new Date() }).where(eq(apiTokens.id, id))
    await recordAccess(tx, projectId, acting, 'token.revoke', `revoked the API token "${row.name}"`)
  })
}

/** The tokens that work in a project, or with null in all of them, oldest first. */
export async function listTokens(db: Db, projectId: string | null) {
  const rows = await db
    .select()
    .from(apiTokens)
    .where(
      and(
        projectId === null
          ? isNull(apiTokens.projectId)
          : or(isNull(apiTokens.projectId), eq(apiTokens.projectId, projectId)),
        isNull(apiTokens.revokedAt),
        or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, new Date())),
      ),
    )
    .orderBy(asc(apiTokens.createdAt))
  const keys = await keysOf(
    db,
    environments,
    rows.flatMap(({ environmentIds }) => environmentIds ?? []),
  )
  return rows.map((row) => withoutSecret(row, keys))
}

/** The ids of environments of a project by their keys. Throws INVALID_INPUT by way of NOT_FOUND for an unknown one. */
export async function environmentIdsOf(db: Db, projectId: string, keys: string[]): Promise<string[]> {
  const rows = await db
    .select({ id: environments.id, key: environments.key })
    .from(environments)
    .where(and(eq(environments.projectId, projectId), inArray(environments.key, keys)))
  const unknown = keys.find((key) => !rows.some((row) => row.key === key))
  if (unknown !== undefined) throw new DomainError('NOT_FOUND', `This project has no environment "${unknown}".`)
  return rows.map(({ id }) => id)
}

async function insertToken(tx: Db, { name, grant, expiresAt }: NewToken, acting: Acting) {
  const token = createSecret(SECRET_PREFIX.apiToken)
  const { projectId, environmentIds, role, production, kill } = grant
  const [row] = await tx
    .insert(apiTokens)
    .values({
      name,
      prefix: visiblePrefix(token),
      hash: hashSecret(token),
      projectId,
      environmentIds: environmentIds && [...environmentIds],
      role,
      production,
      kill,
      expiresAt,
      createdBy: acting.actor.name,
    })
    .returning()
  if (!row) throw new Error('The token was not written.')
  return { ...withoutSecret(row, await keysOf(tx, environments, row.environmentIds ?? [])), token }
}

async function lockToken(tx: Db, projectId: string | null, id: string, giver: readonly Grant[]): Promise<Row> {
  const scope: SQL = projectId === null ? isNull(apiTokens.projectId) : eq(apiTokens.projectId, projectId)
  const [row] = await tx
    .select()
    .from(apiTokens)
    .where(and(eq(apiTokens.id, id), scope))
    .for('update')
  if (!row) throw new DomainError('NOT_FOUND', `There is no API token ${id} here.`)
  if (row.fromEnvironment) {
    throw new DomainError('IN_USE', 'This token is RAMPART_ADMIN_TOKEN: change the variable and restart, then it ends.')
  }
  refuseToGiveMore(giver, row)
  return row
}

function withoutSecret(row: Row, keys: ReadonlyMap<string, string>) {
  const { id, name, prefix, role, production, kill, fromEnvironment, createdBy, environmentIds } = row
  return {
    id,
    name,
    prefix,
    role,
    production,
    kill,
    everywhere: row.projectId === null,
    environments: environmentIds && environmentIds.flatMap((environment) => keys.get(environment) ?? []),
    fromEnvironment,
    createdAt: row.createdAt.toISOString(),
    createdBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    /** Another token has taken its place; it goes on until `expiresAt`. */
    replaced: row.rotatedAt !== null,
  }
}
