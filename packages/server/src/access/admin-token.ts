import { and, eq, isNull, ne } from 'drizzle-orm'
import { apiTokens } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { hashSecret, visiblePrefix } from './secrets.ts'

/** What a token from the environment may do: everything. It is the way in when everything else is lost. */
const EVERYTHING = {
  fromEnvironment: true,
  role: 'admin',
  production: true,
  kill: true,
  projectId: null,
  environmentIds: null,
  expiresAt: null,
  revokedAt: null,
} as const

/** Makes RAMPART_ADMIN_TOKEN valid, and revokes every earlier value of it. */
export async function adoptAdminToken(db: Db, token: string): Promise<void> {
  const hash = hashSecret(token)
  await db.transaction(async (tx) => {
    await tx
      .update(apiTokens)
      .set({ revokedAt: new Date() })
      .where(and(eq(apiTokens.fromEnvironment, true), ne(apiTokens.hash, hash), isNull(apiTokens.revokedAt)))
    await tx
      .insert(apiTokens)
      .values({ name: 'RAMPART_ADMIN_TOKEN', prefix: visiblePrefix(token), hash, ...EVERYTHING })
      .onConflictDoUpdate({ target: apiTokens.hash, set: EVERYTHING })
  })
}
