import { and, asc, eq, gt, lte } from 'drizzle-orm'
import { auditEntries, auditHeads, environments, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { hashedFields } from './chain.ts'

/** Entries read at once: a history of years is never in memory whole. */
const PAGE = 500

export type ExportFormat = 'ndjson' | 'csv'

export interface Head {
  seq: number
  hash: string
}

/** The end of a project's chain: what an export made now ends with, and what to keep elsewhere. */
export async function readHead(db: Db, projectId: string): Promise<Head> {
  const head = await db.query.auditHeads.findFirst({ where: eq(auditHeads.projectId, projectId) })
  return { seq: head?.seq ?? 0, hash: head?.hash ?? '' }
}

/**
 * The history up to `head`, oldest first, piece by piece. NDJSON holds every field that was hashed, so that the chain can
 * be checked from the file alone, and ends with a line that names the head.
 */
export async function* exportEntries(
  db: Db,
  projectId: string,
  head: Head,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(CSV_COLUMNS)
  for (let seq = 0; seq < head.seq; ) {
    const rows = await db
      .select({ entry: auditEntries, environment: environments.key, flag: flags.key })
      .from(auditEntries)
      .leftJoin(environments, eq(environments.id, auditEntries.environmentId))
      .leftJoin(flags, eq(flags.id, auditEntries.flagId))
      .where(and(eq(auditEntries.projectId, projectId), gt(auditEntries.seq, seq), lte(auditEntries.seq, head.seq)))
      .orderBy(asc(auditEntries.seq))
      .limit(PAGE)
    if (rows.length === 0) break
    yield rows.map((row) => (format === 'csv' ? csvLine(csvCells(row)) : ndjsonLine(row))).join('')
    seq = rows.at(-1)?.entry.seq ?? head.seq
  }
  if (format === 'ndjson') yield `${JSON.stringify({ head })}\n`
}

interface Row {
  entry: typeof auditEntries.$inferSelect
  environment: string | null
  flag: string | null
}

function ndjsonLine({ entry, environment, flag }: Row): string {
  return `${JSON.stringify({ entry: hashedFields(entry), hash: entry.hash, environment, flag })}\n`
}

const CSV_COLUMNS =
  'seq,at,who,via,action,sentence,reason,approved by,environment,flag,version,revision,before,after,request,hash'.split(
    ',',
  )

function csvCells({ entry, environment, flag }: Row): string[] {
  const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))
  const json = (value: unknown) => (value === null ? '' : JSON.stringify(value))
  return [
    text(entry.seq),
    entry.at.toISOString(),
    entry.actor.name,
    entry.via,
    entry.action,
    entry.sentence,
    text(entry.reason),
    text(entry.approvedBy?.name),
    text(environment),
    text(flag),
    text(entry.version),
    text(entry.revision),
    json(entry.before),
    json(entry.after),
    text(entry.requestId),
    entry.hash,
  ]
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/**
 * Quoted where it has to be; and what a spreadsheet would take for a formula begins with an apostrophe, because names and
 * reasons come from anybody.
 */
function csvCell(text: string): string {
  const tame = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame
}
