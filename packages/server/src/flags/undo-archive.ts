import { and, eq } from 'drizzle-orm'
import type { Acting } from '../audit/record-change.ts'
import { auditEntries, environments, flagConfigurations, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import { checkConfiguration } from './check-configuration.ts'
import { type FlagRow, toDocument } from './configuration.ts'
import { lockFlag, recordForProject } from './edit-flag.ts'
import { readSurroundings } from './read-surroundings.ts'
import { describeUnarchive } from './sentences.ts'
import { ageMs, UNDO_MS } from './undo-edit.ts'

/**
 * Takes an archive back: the flag serves again what it served, killed where it was killed. For thirty seconds and never
 * later, because by then its key is promised to stay dead. Throws TOO_LATE, NOT_FOUND when the entry is no archive of the
 * flag or was taken back, and INVALID_INPUT when what it names (a segment, a prerequisite) is gone meanwhile.
 */
export async function undoArchive(
  db: Db,
  project: string,
  key: string,
  entryId: string,
  acting: Acting,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const flag = await lockFlag(tx, project, key)
    const [found] = await tx
      .select({ after: auditEntries.after, ageMs: ageMs() })
      .from(auditEntries)
      .where(
        and(eq(auditEntries.id, entryId), eq(auditEntries.flagId, flag.id), eq(auditEntries.action, 'flag.archive')),
      )
    if (!found || !isArchivedBy(flag.archivedAt, found.after)) {
      throw new DomainError('NOT_FOUND', `This is no archive of ${flag.key} that could be taken back.`)
    }
    if (found.ageMs > UNDO_MS) {
      const message = `An archive can be undone for ${UNDO_MS / 1000} seconds; this one is older, and the key stays reserved. Clone ${flag.key} under another key instead.`
      throw new DomainError('TOO_LATE', message)
    }
    await checkEverywhere(tx, flag)
    const before = { archivedAt: flag.archivedAt?.toISOString() ?? null }
    const what = {
      action: 'flag.unarchive',
      sentence: describeUnarchive(flag.key),
      before,
      after: { archivedAt: null },
    }
    await recordForProject(tx, flag, what, acting)
    await tx.update(flags).set({ archivedAt: null, updatedAt: new Date() }).where(eq(flags.id, flag.id))
  })
}

/** Whether it was this archive, of possibly several, that holds now. */
export function isArchivedBy(archivedAt: Date | null, after: unknown): boolean {
  return archivedAt !== null && (after as { archivedAt?: string } | null)?.archivedAt === archivedAt.toISOString()
}

async function checkEverywhere(tx: Db, flag: FlagRow): Promise<void> {
  const places = await tx
    .select({ environment: environments, configuration: flagConfigurations })
    .from(flagConfigurations)
    .innerJoin(environments, eq(environments.id, flagConfigurations.environmentId))
    .where(eq(flagConfigurations.flagId, flag.id))
  for (const { environment, configuration } of places) {
    const document = toDocument(flag, configuration)
    checkConfiguration(document, await readSurroundings(tx, environment, document))
  }
}
