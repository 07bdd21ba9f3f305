import { and, desc, eq, or, sql } from 'drizzle-orm'
import { type Actor, auditEntries, environments, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { ageMs, UNDO_MS } from '../flags/undo-edit.ts'
import { findProject } from '../projects/projects.queries.ts'
import { findUndos } from './find-undos.ts'

/**
 * The last change that somebody made or approved, while it is fresh and nothing came after it; null when there is
 * nothing to take back. How long it is fresh the database's clock says.
 */
export async function readLastChange(db: Db, projectKey: string, actor: Actor) {
  const project = await findProject(db, projectKey)
  const isActor = (column: typeof auditEntries.actor | typeof auditEntries.approvedBy) =>
    sql`${column} ->> 'kind' = ${actor.kind} and ${column} ->> 'id' = ${actor.id} and ${column} ->> 'name' = ${actor.name}`
  const [found] = await db
    .select({ entry: auditEntries, environment: environments.key, flag: flags.key, ageMs: ageMs() })
    .from(auditEntries)
    .leftJoin(environments, eq(environments.id, auditEntries.environmentId))
    .leftJoin(flags, eq(flags.id, auditEntries.flagId))
    .where(
      and(
        eq(auditEntries.projectId, project.id),
        sql`${auditEntries.at} > clock_timestamp() - make_interval(secs => ${UNDO_MS / 1000})`,
        or(isActor(auditEntries.actor), isActor(auditEntries.approvedBy)),
      ),
    )
    .orderBy(desc(auditEntries.seq))
    .limit(1)
  if (!found) return null
  const { entry, environment, flag } = found
  const undoOf = await findUndos(db, project.id, [entry])
  const undo = undoOf(entry, { project: projectKey, environment, flag }, found.ageMs)
  if (undo?.state !== 'possible') return null
  return {
    entry: entry.id,
    sentence: entry.sentence,
    flag,
    environment,
    leftMs: Math.max(0, Math.round(UNDO_MS - found.ageMs)),
    action: undo.action,
  }
}
