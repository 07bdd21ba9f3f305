import type { JsonValue } from '@rampart/evaluation'
import { and, eq, inArray } from 'drizzle-orm'
import { sameJson } from '../audit/canonical-json.ts'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { environments, flagConfigurations, flags, ramps } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import { UNFINISHED_STATES } from '../ramps/ramp-states.ts'
import type { FlagRow } from './configuration.ts'
import { environmentIds } from './create-flag.ts'
import { dependentsOf } from './dependents.ts'
import { findFlag } from './flags.queries.ts'
import type { FlagPatch } from './flags.schemas.ts'
import { describeArchive, describeMetadata } from './sentences.ts'

/** Changes what describes a flag. Nothing changed writes nothing. Throws NOT_FOUND, ARCHIVED. */
export async function editFlag(
  db: Db,
  project: string,
  key: string,
  patch: Omit<FlagPatch, 'reason'>,
  acting: Acting,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const flag = await lockFlag(tx, project, key)
    if (flag.archivedAt) throw new DomainError('ARCHIVED', `"${flag.key}" is archived: nothing of it changes any more.`)
    const given = Object.entries(patch).filter(([, value]) => value !== undefined)
    const changed = given.filter(([field, value]) => !sameJson(flag[field as keyof FlagRow], value))
    if (changed.length === 0) return
    const after = Object.fromEntries(changed) as Partial<FlagRow>
    const before = Object.fromEntries(changed.map(([field]) => [field, flag[field as keyof FlagRow]]))
    const sentence = describeMetadata(
      flag.key,
      changed.map(([field]) => field),
    )
    await recordForProject(tx, flag, { action: 'flag.edit', sentence, before, after }, acting)
    await tx
      .update(flags)
      .set({ ...after, updatedAt: new Date() })
      .where(eq(flags.id, flag.id))
  })
}

/**
 * Takes a flag out of every environment and reserves its key for ever. A second time changes nothing. Throws IN_USE with
 * the flags that have it as a prerequisite: they would be off at once.
 */
export async function archiveFlag(db: Db, project: string, key: string, acting: Acting): Promise<void> {
  await inTransaction(db, async (tx) => {
    const flag = await lockFlag(tx, project, key)
    if (flag.archivedAt) return
    const dependents = await dependentsOf(tx, flag)
    if (dependents.length > 0) {
      const names = [...new Set(dependents.map((dependent) => dependent.flag))].join(', ')
      const message = `"${flag.key}" is a prerequisite of ${names}: archiving it would turn them off. Take it out of their prerequisites first.`
      throw new DomainError('IN_USE', message, { details: { dependents } })
    }
    await refuseWhileRamping(tx, flag)
    const archivedAt = new Date()
    const before = { archivedAt: null }
    const after = { archivedAt: archivedAt.toISOString() }
    await recordForProject(
      tx,
      flag,
      { action: 'flag.archive', sentence: describeArchive(flag.key), before, after },
      acting,
    )
    await tx.update(flags).set({ archivedAt, updatedAt: archivedAt }).where(eq(flags.id, flag.id))
  })
}

/** An archived flag serves nobody, and a ramp of it would have nothing to do: somebody should end it knowingly. */
async function refuseWhileRamping(tx: Db, flag: FlagRow): Promise<void> {
  const [active] = await tx
    .select({ environment: environments.key })
    .from(ramps)
    .innerJoin(environments, eq(environments.id, ramps.environmentId))
    .where(and(eq(ramps.flagId, flag.id), inArray(ramps.state, [...UNFINISHED_STATES])))
    .limit(1)
  if (!active) return
  throw new DomainError(
    'RAMP_ACTIVE',
    `${flag.key} has a ramp in ${active.environment}. Cancel it before you archive the flag.`,
  )
}

/** A change of the flag itself is a change in every environment, and each learns it by its own revision. */
export async function recordForProject(
  tx: Db,
  flag: FlagRow,
  what: { action: string; sentence: string; before: unknown; after: unknown },
  acting: Acting,
): Promise<void> {
  const ids = await environmentIds(tx, flag.projectId)
  const change = {
    projectId: flag.projectId,
    environmentId: null,
    flagId: flag.id,
    action: what.action,
    sentence: what.sentence,
    before: what.before as JsonValue,
    after: what.after as JsonValue,
    version: null,
  }
  await recordChange(tx, change, acting, ids, async (revisions) => {
    for (const [environmentId, revision] of revisions) {
      await tx
        .update(flagConfigurations)
        .set({ revision })
        .where(and(eq(flagConfigurations.flagId, flag.id), eq(flagConfigurations.environmentId, environmentId)))
    }
  })
}

/**
 * The first locks: the flag, and its configurations in the order of their environments. `no key update`, because every
 * audit row refers to its flag: with a stronger lock a kill, which holds the end of the history, would wait for us while
 * we wait for it.
 */
export async function lockFlag(tx: Db, project: string, key: string): Promise<FlagRow> {
  const { id } = await findFlag(tx, project, key)
  const [flag] = await tx.select().from(flags).where(eq(flags.id, id)).for('no key update')
  if (!flag) throw new DomainError('NOT_FOUND', `Project "${project}" has no flag "${key}".`)
  const ids = await environmentIds(tx, flag.projectId)
  await tx
    .select({ version: flagConfigurations.version })
    .from(flagConfigurations)
    .where(and(eq(flagConfigurations.flagId, id), inArray(flagConfigurations.environmentId, ids)))
    .orderBy(flagConfigurations.environmentId)
    .for('update')
  return flag
}
