import { and, eq, isNull, lt, or } from 'drizzle-orm'
import { type Actor, apiTokens, personSessions, sessions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { tellReplicas } from './record-access.ts'
import { createSecret, hashSecret, SECRET_PREFIX } from './secrets.ts'

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
  if (!token || (token.expiresAt && token.expiresAt.getTime() <= Date.now()))
    throw new DomainError('UNAUTHENTICATED', 'This token is not valid. Copy it again, or ask for another one.')
  const secret = createSecret(SECRET_PREFIX.session)
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

/** Whether a cookie is of somebody who signed in with an API token; the others are of people. */
export function isTokenSession(secret: string): boolean {
  return secret.startsWith(SECRET_PREFIX.session)
}

/** What a session is found by. A person's cookie carries a signature behind its token, which is not part of it. */
export function sessionHash(secret: string): string {
  return hashSecret(isTokenSession(secret) ? secret : (secret.split('.')[0] ?? ''))
}

/** Signs out. Unknown sessions are fine: the result is the same. */
export async function deleteSession(db: Db, secret: string): Promise<void> {
  const hash = sessionHash(secret)
  await db.transaction(async (tx) => {
    if (isTokenSession(secret)) await tx.delete(sessions).where(eq(sessions.hash, hash))
    else await tx.delete(personSessions).where(eq(personSessions.token, hash))
    await tellReplicas(tx)
  })
}

/** What the history shows: the person's own word first, because a token is often shared. */
export function actorName(person: string, token: string): string {
  return person === '' ? token : person
}
