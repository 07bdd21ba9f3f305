import { and, eq, inArray, isNotNull } from 'drizzle-orm'
import type { Logger } from 'pino'
import { sdkKeys } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { rememberChecks } from './remember-checks.ts'
import { hashSecret } from './secrets.ts'

/** An SDK key that is valid now. */
export interface SdkKey {
  id: string
  environmentId: string
  kind: 'server' | 'client'
}

export interface SdkKeyLookup {
  /**
   * The key that belongs to a secret, or null when it is wrong or revoked. Throws UNAVAILABLE when that could not be
   * checked, which is never the same: an SDK that hears 401 may stop for good.
   */
  find(secret: string): Promise<SdkKey | null>
  /** The same without waiting, for hot paths: undefined when only the database knows. */
  peek(secret: string): SdkKey | null | undefined
  /** Which of these ids are revoked; for streams, whose key was checked long ago. */
  revokedAmong(ids: string[]): Promise<string[]>
  /** Asks again for every key at its next use: one was created or revoked somewhere. */
  invalidate(): void
}

/** SDK keys in memory: checked again every few seconds in the background, and served while the database is away. */
export function createSdkKeyLookup(db: Db, log: Logger, now?: () => number): SdkKeyLookup {
  const checks = rememberChecks(loadKey, log, now)

  async function loadKey(hash: string): Promise<SdkKey | null> {
    const row = await db.query.sdkKeys.findFirst({ where: eq(sdkKeys.hash, hash) })
    return row && !row.revokedAt ? { id: row.id, environmentId: row.environmentId, kind: row.kind } : null
  }

  return {
    peek: (secret) => checks.peek(hashSecret(secret)),
    async find(secret) {
      try {
        return await checks.find(hashSecret(secret))
      } catch (cause) {
        throw new DomainError('UNAVAILABLE', 'The SDK key could not be checked: the database does not answer.', {
          cause,
        })
      }
    },
    async revokedAmong(ids) {
      if (ids.length === 0) return []
      const rows = await db
        .select({ id: sdkKeys.id })
        .from(sdkKeys)
        .where(and(inArray(sdkKeys.id, ids), isNotNull(sdkKeys.revokedAt)))
      return rows.map((row) => row.id)
    },
    invalidate: checks.invalidate,
  }
}
