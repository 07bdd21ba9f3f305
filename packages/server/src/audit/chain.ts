import { hash } from 'node:crypto'
import { and, asc, eq, gt, lte } from 'drizzle-orm'
import { auditEntries, auditHeads } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { canonicalJson } from './canonical-json.ts'

/** An audit entry without its own hash. */
export type ChainedEntry = Omit<typeof auditEntries.$inferInsert, 'hash'> & { seq: number; at: Date }

/**
 * SHA-256 over the previous hash and every field of the entry in canonical form. A row that was altered, removed or
 * put in between breaks the chain from there on. It makes tampering evident to whoever kept an older hash; it does not
 * stop somebody who owns the database and rewrites the whole chain.
 */
export function chainHash(previous: string, entry: ChainedEntry): string {
  return hashOf(previous, hashedFields(entry))
}

/** The fields of an entry that its hash stands for, as JSON holds them. */
export function hashedFields(entry: ChainedEntry): Record<string, unknown> {
  const { hash: _, ...given } = { reason: null, before: null, after: null, hash: '', ...entry }
  return {
    version: null,
    revision: null,
    requestId: null,
    ...given,
    at: entry.at.toISOString(),
    // Came later than the first entries: absent where there is none, so that their hashes stay true.
    approvedBy: entry.approvedBy ?? undefined,
  }
}

function hashOf(previous: string, fields: Record<string, unknown>): string {
  return hash('sha256', `${previous}\n${canonicalJson(fields)}`)
}

/**
 * `head` is the hash to keep elsewhere: whoever has it can tell later that nothing before it was touched. `keptAt` is the
 * number of the entry that a kept hash belongs to.
 */
export type ChainCheck =
  | { intact: true; entries: number; head: string; keptAt?: number }
  | { intact: false; brokenAt: number; message: string }

/** An entry with the hash that was stored with it. */
export interface StoredEntry {
  fields: Record<string, unknown>
  hash: string
}

/**
 * Walks a chain from its beginning and names the first entry that does not fit. With a hash that was kept elsewhere it
 * also tells whether this is still the history that ended with it: a chain that was rewritten whole fits in itself. `headAfterwards` is what the last entry must be, asked for when the walk is over.
 */
export async function checkChain(
  entries: AsyncIterable<StoredEntry>,
  headAfterwards: () => { seq: number; hash: string } | undefined,
  kept?: string | undefined,
): Promise<ChainCheck> {
  let previous = { seq: 0, hash: '' }
  let keptAt: number | undefined
  for await (const { fields, hash: stored } of entries) {
    const seq = previous.seq + 1
    if (fields['seq'] !== seq) return broken(seq, `Entry ${seq} is missing.`)
    if (hashOf(previous.hash, fields) !== stored) {
      return broken(seq, `Entry ${seq} ("${String(fields['sentence'])}") was altered.`)
    }
    if (stored === kept) keptAt = seq
    previous = { seq, hash: stored }
  }
  const head = headAfterwards()
  if (head?.seq !== previous.seq || head.hash !== previous.hash) {
    return broken(previous.seq + 1, `Entries after ${previous.seq} are missing.`)
  }
  if (kept !== undefined && keptAt === undefined) {
    const message =
      'Every entry fits the one before it, but none has the hash that you kept: the history was rewritten.'
    return broken(1, message)
  }
  return { intact: true, entries: previous.seq, head: previous.hash, ...(keptAt === undefined ? {} : { keptAt }) }
}

/** Entries read at once: a history of years must not lie in memory whole. */
const PAGE = 1000

/** The same for a project's own history. */
export async function verifyChain(db: Db, projectId: string, kept?: string | undefined): Promise<ChainCheck> {
  // The head first: an entry that comes while we walk is not missed, it is not looked at.
  const head = await db.query.auditHeads.findFirst({ where: eq(auditHeads.projectId, projectId) })
  return checkChain(storedEntries(db, projectId, head?.seq ?? 0), () => head, kept)
}

async function* storedEntries(db: Db, projectId: string, last: number): AsyncGenerator<StoredEntry> {
  for (let seq = 0; ; ) {
    const entries = await db.query.auditEntries.findMany({
      where: and(eq(auditEntries.projectId, projectId), gt(auditEntries.seq, seq), lte(auditEntries.seq, last)),
      orderBy: asc(auditEntries.seq),
      limit: PAGE,
    })
    for (const entry of entries) yield { fields: hashedFields(entry), hash: entry.hash }
    if (entries.length < PAGE) return
    seq = entries.at(-1)?.seq ?? last
  }
}

function broken(brokenAt: number, message: string): ChainCheck {
  return { intact: false, brokenAt, message }
}
