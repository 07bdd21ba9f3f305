import { and, eq, sql } from 'drizzle-orm'
import mergePatch from 'json-merge-patch'
import type { Acting } from '../audit/record-change.ts'
import { auditEntries } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import { applyEdit } from './edit-configuration.ts'
import { findConfiguration } from './flags.queries.ts'
import { type ConfigurationEdit, planEdit } from './plan-edit.ts'
import type { ConfigurationPlace } from './versions.queries.ts'

/** How long an edit can be undone, by the database's clock: replicas and browsers each have another one. */
export const UNDO_MS = 30_000

/**
 * Takes the last edit of a configuration back: what was before it becomes a new version. For thirty seconds this asks
 * for no reason and no second person, because it only brings back what was served a moment ago. Throws TOO_LATE,
 * STALE_VERSION when somebody edited since, NOT_FOUND.
 */
export async function undoEdit(db: Db, where: ConfigurationPlace, entryId: string, acting: Acting) {
  return inTransaction(db, async (tx) => {
    const { flag, environment, configuration } = await findConfiguration(tx, where)
    const [found] = await tx
      .select({ entry: auditEntries, ageMs: ageMs() })
      .from(auditEntries)
      .where(
        and(
          eq(auditEntries.id, entryId),
          eq(auditEntries.flagId, flag.id),
          eq(auditEntries.environmentId, environment.id),
        ),
      )
    if (!found || found.entry.version === null || !found.entry.before) {
      throw new DomainError('NOT_FOUND', `This is no edit of ${flag.key} in ${environment.key}.`)
    }
    const { entry } = found
    if (found.ageMs > UNDO_MS) {
      const message = `An edit can be undone for ${UNDO_MS / 1000} seconds; this one is older. Restore version ${(entry.version ?? 1) - 1} instead.`
      throw new DomainError('TOO_LATE', message)
    }
    const patch = (mergePatch.generate(entry.after, entry.before) ?? {}) as ConfigurationEdit['patch']
    const origin = { action: 'configuration.undo', note: 'undo' }
    const version = entry.version ?? configuration.version
    return applyEdit(tx, await planEdit(tx, { ...where, patch, version, origin }), acting)
  })
}

/** Milliseconds since an entry was written, by the clock that wrote it. */
export function ageMs() {
  return sql<number>`extract(epoch from clock_timestamp() - ${auditEntries.at}) * 1000`.mapWith(Number)
}
