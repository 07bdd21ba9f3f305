import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import type { Db } from '../db/store.ts'
import { apiTokens } from '../db/schema/index.ts'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from './secrets.ts'

/** Any constant, as long as every replica takes the same. */
const FIRST_TOKEN_LOCK = 7_246_179

/**
 * Makes sure that somebody can get in. A token from the environment becomes valid and every earlier one from there is
 * revoked; without one, the first start creates a token and returns it, to be shown once.
 */
export async function ensureAdminToken(db: Db, fromEnvironment: string | undefined): Promise<string | undefined> {
  return db.transaction(async (tx) => {
    // Replicas that start together on an empty database must make one first token, not one each.
    await tx.execute(sql`select pg_advisory_xact_lock(${FIRST_TOKEN_LOCK})`)
    if (fromEnvironment) {
      await adoptToken(tx, fromEnvironment)
      return undefined
    }
    const [usable] = await tx.select({ id: apiTokens.id }).from(apiTokens).where(isNull(apiTokens.revokedAt)).limit(1)
    if (usable) return undefined
    const token = createSecret(SECRET_PREFIX.apiToken)
    await tx
      .insert(apiTokens)
      .values({ name: 'first admin token', prefix: visiblePrefix(token), hash: hashSecret(token) })
    return token
  })
}

async function adoptToken(tx: Db, token: string): Promise<void> {
  const hash = hashSecret(token)
  await tx
    .update(apiTokens)
    .set({ revokedAt: new Date() })
    .where(and(eq(apiTokens.fromEnvironment, true), ne(apiTokens.hash, hash), isNull(apiTokens.revokedAt)))
  await tx
    .insert(apiTokens)
    .values({ name: 'RAMPART_ADMIN_TOKEN', prefix: visiblePrefix(token), hash, fromEnvironment: true })
    .onConflictDoUpdate({ target: apiTokens.hash, set: { revokedAt: null, fromEnvironment: true } })
}
