import { and, eq, isNull, lt, or } from 'drizzle-orm'
import { type Actor, apiTokens, sessions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { createSecret, hashSecret } from './secrets.ts'

const DAY_MS = 24 * 60 * 60 * 1000
/** A session that nobody used for so long is over. */
export const SESSION_IDLE_MS = 7 * DAY_MS
/** A session is over after this, used or not. */
export const SESSION_MAX_MS = 30 * DAY_MS

/** Exchanges an API token for a session. The secret goes into the cookie and nowhere else. */
export async function createSession(
  db: Db,
  input: { token: string; name?: string | undefined },
): Promise<{ secret: string; actor: Actor }> {
  const token = await db.query.apiTokens.findFirst({
    where: and(eq(apiTokens.hash, hashSecret(input.token)), isNull(apiTokens.revokedAt)),
  })
  if (!token)
    throw new DomainError('UNAUTHENTICATED', 'This token is not valid. Copy it again, or ask for another one.')
  const secret = createSecret('rss_')
  const now = Date.now()
  const name = input.name ?? ''
  await db
    .delete(sessions)
    .where(or(lt(sessions.expiresAt, new Date(now)), lt(sessions.lastSeenAt, new Date(now - SESSION_IDLE_MS))))
  await db
    .insert(sessions)
    .values({ hash: hashSecret(secret), tokenId: token.id, name, expiresAt: new Date(now + SESSION_MAX_MS) })
  return { secret, actor: { kind: 'token', id: token.id, name: actorName(name, token.name) } }
}

/** Signs out. Unknown sessions are fine: the result is the same. */
export async function deleteSession(db: Db, hash: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.hash, hash))
}

/** What the history shows: the person's own word first, because a token is often shared. */
export function actorName(person: string, token: string): string {
  return person === '' ? token : person
}
