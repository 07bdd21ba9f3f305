import { and, desc, eq, isNull, lt, or } from 'drizzle-orm'
import { auditEntries, environments, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { findEnvironment, findProject } from '../projects/projects.queries.ts'
import { findFlagId } from './find-flag-id.ts'

export interface AuditQuery {
  flag?: string | undefined
  environment?: string | undefined
  /** Position in the chain: entries before it. */
  before?: number | undefined
  limit: number
}

/**
 * A page of a project's history, newest first. With an environment, changes of the whole project belong to it too: a
 * flag's creation is part of its story everywhere. `next` is the `before` of the following page.
 */
export async function listAudit(db: Db, projectKey: string, query: AuditQuery) {
  const project = await findProject(db, projectKey)
  const environmentId = query.environment ? (await findEnvironment(db, projectKey, query.environment)).id : undefined
  const flagId = query.flag ? await findFlagId(db, project.id, query.flag) : undefined
  const rows = await selectEntries(db)
    .where(
      and(
        eq(auditEntries.projectId, project.id),
        flagId ? eq(auditEntries.flagId, flagId) : undefined,
        environmentId
          ? or(eq(auditEntries.environmentId, environmentId), isNull(auditEntries.environmentId))
          : undefined,
        query.before === undefined ? undefined : lt(auditEntries.seq, query.before),
      ),
    )
    .orderBy(desc(auditEntries.seq))
    .limit(query.limit + 1)
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  return {
    entries: page.map(toAnswer),
    next: rows.length > query.limit && last ? last.entry.seq : null,
  }
}

/** One entry, with what was before and what came after. Throws NOT_FOUND, also for an entry of another project. */
export async function readAuditEntry(db: Db, projectKey: string, id: string) {
  const project = await findProject(db, projectKey)
  const [row] = await selectEntries(db).where(and(eq(auditEntries.projectId, project.id), eq(auditEntries.id, id)))
  if (!row) throw new DomainError('NOT_FOUND', 'There is no such entry in this project.')
  return toAnswer(row)
}

function selectEntries(db: Db) {
  return db
    .select({ entry: auditEntries, environment: environments.key, flag: flags.key })
    .from(auditEntries)
    .leftJoin(environments, eq(environments.id, auditEntries.environmentId))
    .leftJoin(flags, eq(flags.id, auditEntries.flagId))
    .$dynamic()
}

interface Row {
  entry: typeof auditEntries.$inferSelect
  environment: string | null
  flag: string | null
}

function toAnswer({ entry, environment, flag }: Row) {
  const { id, actor, via, action, sentence, reason, version, revision, before, after } = entry
  const approvedBy = entry.approvedBy?.name ?? null
  const at = entry.at.toISOString()
  return {
    id,
    at,
    actor,
    via,
    action,
    sentence,
    reason,
    approvedBy,
    environment,
    flag,
    version,
    revision,
    before,
    after,
  }
}
