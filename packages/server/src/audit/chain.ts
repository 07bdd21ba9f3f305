import { hash } from 'node:crypto'
import { and, asc, eq, gt } from 'drizzle-orm'
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
  const { hash: _, ...given } = { reason: null, before: null, after: null, hash: '', ...entry }
  const fields = {
    version: null,
    revision: null,
    requestId: null,
    ...given,
    at: entry.at.toISOString(),
    // Came later than the first entries: absent where there is none, so that their hashes stay true.
    approvedBy: entry.approvedBy ?? undefined,
  }
  return hash('sha256', `${previous}\n${canonicalJson(fields)}`)
}

/** `head` is the hash to keep elsewhere: whoever has it can tell later that nothing before it was touched. */
export type ChainCheck =
  | { intact: true; entries: number; head: string }
  | { intact: false; brokenAt: number; message: string }

/** Entries read at once: a history of years must not lie in memory whole. */
const PAGE = 1000

/** Walks a project's chain from its beginning and names the first entry that does not fit. */
export async function verifyChain(db: Db, projectId: string): Promise<ChainCheck> {
  let previous = { seq: 0, hash: '' }
  for (;;) {
    const entries = await db.query.auditEntries.findMany({
      where: and(eq(auditEntries.projectId, projectId), gt(auditEntries.seq, previous.seq)),
      orderBy: asc(auditEntries.seq),
      limit: PAGE,
    })
    for (const entry of entries) {
      const seq = previous.seq + 1
      if (entry.seq !== seq) return broken(seq, `Entry ${seq} is missing.`)
      if (chainHash(previous.hash, entry) !== entry.hash) {
        return broken(seq, `Entry ${seq} ("${entry.sentence}") was altered.`)
      }
      previous = entry
    }
    if (entries.length < PAGE) break
  }
  const head = await db.query.auditHeads.findFirst({ where: eq(auditHeads.projectId, projectId) })
  if (head?.seq !== previous.seq || head.hash !== previous.hash) {
    return broken(previous.seq + 1, `Entries after ${previous.seq} are missing.`)
  }
  return { intact: true, entries: previous.seq, head: previous.hash }
}

function broken(brokenAt: number, message: string): ChainCheck {
  return { intact: false, brokenAt, message }
}
