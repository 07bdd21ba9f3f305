import { createHash } from 'node:crypto'
import { eq, inArray, isNull } from 'drizzle-orm'
import type { Logger } from 'pino'
import { sdkKeys } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { createUseNotes } from './note-use.ts'
import { allowsOrigin } from './page-origins.ts'
import { rememberChecks } from './remember-checks.ts'
import { hashSecret } from './secrets.ts'

/** An SDK key that is valid now. */
export interface SdkKey {
  id: string
  environmentId: string
  kind: 'server' | 'client'
  /** Address part of its OFREP event stream: authorises by itself, and gives the key away to nobody. */
  channel: string
  /** The only pages that may use it; left out where any may, and for server keys. */
  origins?: string[]
}

/** Who holds a stream open: by which credential, and from which page, where a browser says so. */
export interface StreamHolder {
  credentialId: string
  origin: string | undefined
}

/** A key with the hash it is found by: what a replica's copy on disk holds. Plain JSON. */
export type HashedSdkKey = [hash: string, key: SdkKey]

export interface SdkKeyLookup {
  /**
   * The key that belongs to a secret, or null when it is wrong or revoked. Throws UNAVAILABLE when that could not be
   * checked, which is never the same: an SDK that hears 401 may stop for good.
   */
  find(secret: string): Promise<SdkKey | null>
  /** The key that belongs to a channel, or null. Throws as `find` does. */
  findByChannel(channel: string): Promise<SdkKey | null>
  /**
   * Whether only the database can tell what this secret or channel is. False for what nobody needs to ask about: known ones,
   * whose checks outlast an outage, and what does not look like one.
   */
  isStranger(secretOrChannel: string): boolean
  /** The same as `find` without waiting, for hot paths: undefined when only the database knows. */
  peek(secret: string): SdkKey | null | undefined
  /**
   * Who of these would be refused now, because the key is revoked or expired or is not for that page any more; for streams,
   * whose key was checked long ago.
   */
  refusedAmong<H extends StreamHolder>(holders: readonly H[]): Promise<H[]>
  /** Every key that is valid now. Rejects when the database does not answer. */
  readAll(): Promise<HashedSdkKey[]>
  /** Knows these keys from now on, `fresh` from the database or as they were last known; they outlast an outage. */
  hold(keys: HashedSdkKey[], fresh: boolean): void
  /** Asks again for every key at its next use: one was created or revoked somewhere. */
  invalidate(): void
}

/** SDK keys in memory: checked again every few seconds in the background, and served while the database is away. */
export function createSdkKeyLookup(db: Db, log: Logger, now?: () => number): SdkKeyLookup {
  const checks = rememberChecks(loadKey, log, now)
  const note = createUseNotes(writeUse, log, now)

  async function loadKey(hash: string): Promise<SdkKey | null> {
    return toKey(await db.query.sdkKeys.findFirst({ where: eq(sdkKeys.hash, hash) }))
  }

  async function loadChannel(channel: string): Promise<SdkKey | null> {
    const id = CHANNEL.exec(channel)?.[1]
    if (id === undefined) return null
    const key = toKey(await db.query.sdkKeys.findFirst({ where: eq(sdkKeys.id, id) }))
    return key?.channel === channel ? key : null
  }
  const channels = rememberChecks(loadChannel, log, now)

  async function orUnavailable(checking: Promise<SdkKey | null>): Promise<SdkKey | null> {
    try {
      return await checking
    } catch (cause) {
      throw new DomainError('UNAVAILABLE', 'The SDK key could not be checked: the database does not answer.', { cause })
    }
  }

  async function writeUse(id: string, at: Date): Promise<void> {
    await db.update(sdkKeys).set({ lastUsedAt: at }).where(eq(sdkKeys.id, id))
  }

  function noted<K extends SdkKey | null | undefined>(key: K): K {
    if (key) note(key.id)
    return key
  }

  return {
    peek: (secret) => noted(checks.peek(hashSecret(secret))),
    find: async (secret) => (SDK_KEY.test(secret) ? noted(await orUnavailable(checks.find(hashSecret(secret)))) : null),
    isStranger(secretOrChannel) {
      if (SDK_KEY.test(secretOrChannel)) return !checks.isKnown(hashSecret(secretOrChannel))
      return CHANNEL.test(secretOrChannel) && !channels.isKnown(secretOrChannel)
    },
    findByChannel: async (channel) => noted(await orUnavailable(channels.find(channel))),
    async refusedAmong(holders) {
      const ids = [...new Set(holders.map(({ credentialId }) => credentialId))]
      if (ids.length === 0) return []
      const rows = await db.query.sdkKeys.findMany({ where: inArray(sdkKeys.id, ids) })
      const found = new Map(rows.map((row) => [row.id, row]))
      // A stream that is open for weeks is a use all along.
      for (const row of rows) if (!isOver(row)) note(row.id)
      return holders.filter(({ credentialId, origin }) => {
        const row = found.get(credentialId)
        return row && (isOver(row) || !isFor(row, origin))
      })
    },
    async readAll() {
      const rows = await db.query.sdkKeys.findMany({ where: isNull(sdkKeys.revokedAt) })
      return rows.flatMap((row) => {
        const key = toKey(row)
        return key ? [[row.hash, key] as HashedSdkKey] : []
      })
    },
    hold(keys, fresh) {
      checks.hold(keys, fresh)
      channels.hold(
        keys.map(([, key]) => [key.channel, key]),
        fresh,
      )
    },
    invalidate() {
      checks.invalidate()
      channels.invalidate()
    },
  }
}

/** What a key looks like. Anything else is refused without asking the database. */
const SDK_KEY = /^rp[sc]_[A-Za-z0-9_-]{43}$/
const CHANNEL = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.[A-Za-z0-9_-]{43}$/

type SdkKeyRow = typeof sdkKeys.$inferSelect

function toKey(row: SdkKeyRow | undefined): SdkKey | null {
  if (!row || isOver(row)) return null
  const { id, environmentId, kind, hash, origins } = row
  const proof = createHash('sha256').update(`${hash}:ofrep-stream`).digest('base64url')
  return { id, environmentId, kind, channel: `${id}.${proof}`, ...(origins.length > 0 ? { origins } : {}) }
}

function isOver({ revokedAt, expiresAt }: SdkKeyRow): boolean {
  return revokedAt !== null || (expiresAt !== null && expiresAt.getTime() <= Date.now())
}

function isFor({ origins }: SdkKeyRow, origin: string | undefined): boolean {
  return origins.length === 0 || origin === undefined || allowsOrigin(origins, origin)
}
