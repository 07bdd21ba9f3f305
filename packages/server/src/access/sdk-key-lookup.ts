import { eq } from 'drizzle-orm'
import type { Logger } from 'pino'
import type { Db } from '../db/store.ts'
import { sdkKeys } from '../db/schema/index.ts'
import { DomainError } from '../http/errors.ts'
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
  /** Ids of those keys among the given ones that are revoked; for streams, whose key was checked long ago. */
  revokedAmong(ids: string[]): Promise<string[]>
  /** Forgets nothing but asks again for every key at its next use: a key was created or revoked somewhere. */
  invalidate(): void
}

/** Revoked keys must stop within 5 s even if the notification is lost. */
const FRESH_MS = 3000
/** Wrong keys are remembered for a moment only, and not many of them: anybody can send new ones. */
const MAX_ENTRIES = 10_000

interface Entry {
  key: SdkKey | null
  checkedAt: number
  refreshing: boolean
}

/**
 * SDK keys in memory. A key that was seen before is answered at once and checked again in the background when it is
 * older than 3 s; while the database is away the last answer stands.
 */
export function createSdkKeyLookup(db: Db, log: Logger, now: () => number = () => performance.now()): SdkKeyLookup {
  // By hash, so that no secret lies in memory for longer than its request.
  const entries = new Map<string, Entry>()

  async function load(hash: string): Promise<SdkKey | null> {
    const [row] = await db
      .select({
        id: sdkKeys.id,
        environmentId: sdkKeys.environmentId,
        kind: sdkKeys.kind,
        revokedAt: sdkKeys.revokedAt,
      })
      .from(sdkKeys)
      .where(eq(sdkKeys.hash, hash))
    const key = row && !row.revokedAt ? { id: row.id, environmentId: row.environmentId, kind: row.kind } : null
    if (entries.size >= MAX_ENTRIES) dropOldest(entries)
    entries.set(hash, { key, checkedAt: now(), refreshing: false })
    return key
  }

  function peekHash(hash: string): SdkKey | null | undefined {
    const entry = entries.get(hash)
    if (!entry) return undefined
    if (now() - entry.checkedAt > FRESH_MS && !entry.refreshing) {
      // A wrong key may have become right since (created a moment ago): worth waiting for the truth.
      if (entry.key === null) return undefined
      entry.refreshing = true
      load(hash).catch((error: unknown) => {
        entry.refreshing = false
        entry.checkedAt = now()
        log.warn({ err: error }, 'SDK key could not be checked again; the last answer stands')
      })
    }
    return entry.key
  }

  return {
    peek: (secret) => peekHash(hashSecret(secret)),
    async find(secret) {
      const hash = hashSecret(secret)
      const known = peekHash(hash)
      if (known !== undefined) return known
      try {
        return await load(hash)
      } catch (cause) {
        throw new DomainError('UNAVAILABLE', 'The SDK key could not be checked: the database does not answer.', {
          cause,
        })
      }
    },
    async revokedAmong(ids) {
      const rows = await db.select({ id: sdkKeys.id, revokedAt: sdkKeys.revokedAt }).from(sdkKeys)
      const revoked = new Set(rows.filter((row) => row.revokedAt).map((row) => row.id))
      return ids.filter((id) => revoked.has(id))
    },
    invalidate() {
      for (const [hash, entry] of entries) {
        if (entry.key === null) entries.delete(hash)
        else entry.checkedAt = Number.NEGATIVE_INFINITY
      }
    },
  }
}

/** Map keeps the order of insertion, so the first keys are the oldest. */
function dropOldest(entries: Map<string, Entry>): void {
  let surplus = Math.ceil(MAX_ENTRIES / 10)
  for (const hash of entries.keys()) {
    if (surplus-- <= 0) return
    entries.delete(hash)
  }
}
