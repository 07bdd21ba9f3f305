import { and, eq, gt, inArray, isNull, or } from 'drizzle-orm'
import { apiTokens, personSessions, sessions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

/** Which of these credentials (`token:<id>`, `session:<hash>`, `person-session:<id>`) are good no more. */
export async function endedAmong(db: Db, ids: string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const now = new Date()
  const tokenIsGood = and(isNull(apiTokens.revokedAt), or(isNull(apiTokens.expiresAt), gt(apiTokens.expiresAt, now)))
  const good = new Set<string>()
  for (const [prefix, find] of [
    [
      'token:',
      (keys: string[]) =>
        db
          .select({ key: apiTokens.id })
          .from(apiTokens)
          .where(and(inArray(apiTokens.id, keys), tokenIsGood)),
    ],
    [
      'session:',
      (keys: string[]) =>
        db
          .select({ key: sessions.hash })
          .from(sessions)
          .innerJoin(apiTokens, eq(apiTokens.id, sessions.tokenId))
          .where(and(inArray(sessions.hash, keys), gt(sessions.expiresAt, now), tokenIsGood)),
    ],
    [
      'person-session:',
      (keys: string[]) =>
        db
          .select({ key: personSessions.id })
          .from(personSessions)
          .where(and(inArray(personSessions.id, keys), gt(personSessions.expiresAt, now))),
    ],
  ] as const) {
    const keys = ids.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length))
    if (keys.length === 0) continue
    for (const { key } of await find(keys)) good.add(prefix + key)
  }
  return ids.filter((id) => !good.has(id))
}
