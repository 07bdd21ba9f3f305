import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import type { Auth } from './open-auth.ts'

/** better-auth, opened when somebody first signs in. */
export interface PeopleAuth {
  /** Throws UNAVAILABLE while the database does not answer. */
  open(): Promise<Auth>
}

/** Loaded late: a replica starts faster without it, and also without the database, which its secret may be in. */
export function createPeopleAuth(db: Db, config: Config, log: Logger): PeopleAuth {
  let opening: Promise<Auth> | undefined
  return {
    async open() {
      opening ??= import('./open-auth.ts').then(({ openAuth }) => openAuth(db, config, log))
      try {
        return await opening
      } catch (cause) {
        opening = undefined
        throw new DomainError('UNAVAILABLE', 'Nobody can sign in now: the database does not answer.', { cause })
      }
    },
  }
}
