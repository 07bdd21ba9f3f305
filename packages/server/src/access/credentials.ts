import { and, eq, gt, isNull } from 'drizzle-orm'
import type { Logger } from 'pino'
import { type Actor, apiTokens, sessions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { rememberChecks } from './remember-checks.ts'
import type { Grant } from './roles.ts'
import { actorName, SESSION_IDLE_MS } from './session.commands.ts'

/** Somebody who proved who they are. */
export interface Credential {
  /** Stands for the credential in rate limits. */
  id: string
  actor: Actor
  grants: readonly Grant[]
}

export interface Credentials {
  /** By the hash of an API token. */
  token(hash: string): Promise<Credential | null>
  /** By the hash of a session cookie. */
  session(hash: string): Promise<Credential | null>
  forgetSession(hash: string): void
}

/** A session's last use is written at most this often: every request would be a write. */
const TOUCH_AFTER_MS = 60 * 60 * 1000

/** Who is behind a token or a session cookie, remembered for a few seconds and while the database is away. */
export function createCredentials(db: Db, log: Logger): Credentials {
  async function loadToken(hash: string): Promise<Credential | null> {
    const row = await db.query.apiTokens.findFirst({
      where: and(eq(apiTokens.hash, hash), isNull(apiTokens.revokedAt)),
    })
    if (!row || isOver(row)) return null
    return { id: `token:${row.id}`, actor: { kind: 'token', id: row.id, name: row.name }, grants: [grantOf(row)] }
  }

  async function loadSession(hash: string): Promise<Credential | null> {
    const now = Date.now()
    const [row] = await db
      .select({
        name: sessions.name,
        lastSeenAt: sessions.lastSeenAt,
        token: apiTokens,
      })
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
    if (now - row.lastSeenAt.getTime() > TOUCH_AFTER_MS) {
      await db
        .update(sessions)
        .set({ lastSeenAt: new Date(now) })
        .where(eq(sessions.hash, hash))
    }
    return {
      id: `session:${hash.slice(0, 16)}`,
      actor: { kind: 'token', id: row.token.id, name: actorName(row.name, row.token.name) },
      grants: [grantOf(row.token)],
    }
  }

  const tokens = rememberChecks(loadToken, log)
  const cookies = rememberChecks(loadSession, log)
  return { token: tokens.find, session: cookies.find, forgetSession: cookies.forget }
}

type TokenRow = typeof apiTokens.$inferSelect

function isOver({ expiresAt }: TokenRow): boolean {
  return expiresAt !== null && expiresAt.getTime() <= Date.now()
}

function grantOf({ projectId, environmentIds, role, production, kill }: TokenRow): Grant {
  return { projectId, environmentIds, role, production, kill }
}
