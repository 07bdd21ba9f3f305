import type { Logger } from 'pino'
import type { Actor } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { endedAmong } from './ended-credentials.ts'
import { loadPersonSession, loadToken, loadTokenSession } from './load-credential.ts'
import { rememberChecks } from './remember-checks.ts'
import type { Grant } from './roles.ts'

/** Somebody who proved who they are. */
export interface Credential {
  /** Stands for the credential in rate limits and for its streams; opens nothing. */
  id: string
  actor: Actor
  grants: readonly Grant[]
}

/** All of it by the SHA-256 of what was shown. Each rejects when it could not be found out. */
export interface Credentials {
  token(hash: string): Promise<Credential | null>
  /** A browser that signed in with an API token. */
  tokenSession(hash: string): Promise<Credential | null>
  personSession(hash: string): Promise<Credential | null>
  /** Which of these ids are good no more; for streams, which were let in long ago. */
  endedAmong(ids: string[]): Promise<string[]>
  /** Asks again for each at its next use. */
  invalidate(): void
}

/** Who is behind a token or a session cookie, remembered for a few seconds and while the database is away. */
export function createCredentials(db: Db, log: Logger): Credentials {
  const tokens = rememberChecks((hash) => loadToken(db, hash), log)
  const tokenSessions = rememberChecks((hash) => loadTokenSession(db, hash), log)
  const personSessions = rememberChecks((hash) => loadPersonSession(db, hash), log)
  return {
    token: tokens.find,
    tokenSession: tokenSessions.find,
    personSession: personSessions.find,
    endedAmong: (ids) => endedAmong(db, ids),
    invalidate() {
      for (const checks of [tokens, tokenSessions, personSessions]) checks.invalidate()
    },
  }
}
