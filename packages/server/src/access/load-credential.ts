import { and, eq, gt, isNull, lt, or } from 'drizzle-orm'
import { apiTokens, grants, groupGrants, people, personSessions, sessions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Credential } from './credentials.ts'
import type { Grant } from './roles.ts'
import { actorName, SESSION_IDLE_MS } from './session.commands.ts'

/** The last use is written at most this often: every request would be a write. */
const TOUCH_AFTER_MS = 60_000

/** What an API token opens, or null. */
export async function loadToken(db: Db, hash: string): Promise<Credential | null> {
  const row = await db.query.apiTokens.findFirst({ where: and(eq(apiTokens.hash, hash), isNull(apiTokens.revokedAt)) })
  if (!row || isOver(row)) return null
  await touchToken(db, row)
  return { id: `token:${row.id}`, actor: { kind: 'token', id: row.id, name: row.name }, grants: [grantOf(row)] }
}

/** What a browser may do that signed in with an API token: what the token may. */
export async function loadTokenSession(db: Db, hash: string): Promise<Credential | null> {
  const now = Date.now()
  const [row] = await db
    .select({ name: sessions.name, lastSeenAt: sessions.lastSeenAt, token: apiTokens })
    .from(sessions)
    .innerJoin(apiTokens, eq(apiTokens.id, sessions.tokenId))
    .where(
      and(
        eq(sessions.hash, hash),
        gt(sessions.expiresAt, new Date(now)),
        gt(sessions.lastSeenAt, new Date(now - SESSION_IDLE_MS)),
        isNull(apiTokens.revokedAt),
      ),
    )
  if (!row || isOver(row.token)) return null
  await touchToken(db, row.token)
  if (now - row.lastSeenAt.getTime() > TOUCH_AFTER_MS) {
    await db
      .update(sessions)
      .set({ lastSeenAt: new Date(now) })
      .where(eq(sessions.hash, hash))
  }
  return {
    id: `session:${hash}`,
    actor: { kind: 'token', id: row.token.id, name: actorName(row.name, row.token.name) },
    grants: [grantOf(row.token)],
  }
}

/** What a person may do, or null when the session is over or the person was removed. */
export async function loadPersonSession(db: Db, hash: string): Promise<Credential | null> {
  const now = Date.now()
  const rows = await db
    .select({ session: personSessions, name: people.name, grant: grants })
    .from(personSessions)
    .innerJoin(people, eq(people.id, personSessions.userId))
    .leftJoin(grants, eq(grants.personId, people.id))
    .where(
      and(
        eq(personSessions.token, hash),
        gt(personSessions.expiresAt, new Date(now)),
        gt(personSessions.lastSeenAt, new Date(now - SESSION_IDLE_MS)),
        isNull(people.removedAt),
      ),
    )
  const [first] = rows
  if (!first) return null
  const { session, name } = first
  if (now - session.lastSeenAt.getTime() > TOUCH_AFTER_MS) {
    await db
      .update(personSessions)
      .set({ lastSeenAt: new Date(now) })
      .where(eq(personSessions.id, session.id))
  }
  const byGroup = await db.select().from(groupGrants).where(eq(groupGrants.personId, session.userId))
  return {
    id: `person-session:${session.id}`,
    actor: { kind: 'person', id: session.userId, name },
    grants: [...rows.map(({ grant }) => grant), ...byGroup].flatMap((grant) =>
      grant ? [{ ...grant, environmentIds: null }] : [],
    ),
  }
}

type TokenRow = typeof apiTokens.$inferSelect

function isOver({ expiresAt }: TokenRow): boolean {
  return expiresAt !== null && expiresAt.getTime() <= Date.now()
}

function grantOf({ projectId, environmentIds, role, production, kill }: TokenRow): Grant {
  return { projectId, environmentIds, role, production, kill }
}

async function touchToken(db: Db, { id, lastUsedAt }: TokenRow): Promise<void> {
  const now = Date.now()
  if (lastUsedAt && now - lastUsedAt.getTime() <= TOUCH_AFTER_MS) return
  const isOld = or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, new Date(now - TOUCH_AFTER_MS)))
  await db
    .update(apiTokens)
    .set({ lastUsedAt: new Date(now) })
    .where(and(eq(apiTokens.id, id), isOld))
}
