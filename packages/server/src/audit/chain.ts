import { hash } from 'node:crypto'
import { asc, eq } from 'drizzle-orm'
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
  const fields = { version: null, revision: null, requestId: null, ...given, at: entry.at.toISOString() }
  return hash('sha256', `${previous}\n${canonicalJson(fields)}`)
}

export type ChainCheck = { intact: true; entries: number } | { intact: false; brokenAt: number; message: string }

/** Walks a project's chain from its beginning and names the first entry that does not fit. */
export async function verifyChain(db: Db, projectId: string): Promise<ChainCheck> {
  const entries = await db.query.auditEntries.findMany({
    where: eq(auditEntries.projectId, projectId),
    orderBy: asc(auditEntries.seq),
  })
  let previous = ''
  let seq = 0
  for (const entry of entries) {
    seq += 1
    if (entry.seq !== seq) return { intact: false, brokenAt: seq, message: `Entry ${seq} is missing.` }
    if (chainHash(previous, entry) !== entry.hash) {
      return { intact: false, brokenAt: seq, message: `Entry ${seq} ("${entry.sentence}") was altered.` }
    }
    previous = entry.hash
  }
  const head = await db.query.auditHeads.findFirst({ where: eq(auditHeads.projectId, projectId) })
  if (head?.seq !== seq || head.hash !== previous) {
    return { intact: false, brokenAt: seq + 1, message: `Entries after ${seq} are missing.` }
  }
  return { intact: true, entries: seq }
}
