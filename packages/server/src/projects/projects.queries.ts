import { and, asc, eq, inArray, type SQL } from 'drizzle-orm'
import type { Grant } from '../access/roles.ts'
import { environments, projects } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'

export type Project = typeof projects.$inferSelect
export type Environment = typeof environments.$inferSelect

/** The projects of these grants, each with its environments in the order of screens. */
export function listProjects(db: Db, grants: readonly Grant[]) {
  return selectProjects(db, seenBy(grants))
}

async function selectProjects(db: Db, chosen: SQL | undefined) {
  const rows = await db
    .select({ project: projects, environment: environments })
    .from(projects)
    .leftJoin(environments, eq(environments.projectId, projects.id))
    .where(chosen)
    .orderBy(asc(projects.key), asc(environments.position), asc(environments.key))
  const byKey = new Map<string, { key: string; name: string; environments: ReturnType<typeof summary>[] }>()
  for (const { project, environment } of rows) {
    const entry = byKey.get(project.key) ?? { key: project.key, name: project.name, environments: [] }
    if (environment) entry.environments.push(summary(environment))
    byKey.set(project.key, entry)
  }
  return [...byKey.values()]
}

/** A grant without a project opens all of them. */
function seenBy(grants: readonly Grant[]): SQL | undefined {
  const ids = grants.map(({ projectId }) => projectId)
  return ids.includes(null) ? undefined : inArray(projects.id, ids as string[])
}

/** An environment as the API answers it. */
export function summary({ key, name, production, position, revision, reasonRequired, approvalRequired }: Environment) {
  return { key, name, production, position, revision, reasonRequired, approvalRequired }
}

/** One project as the list has it. Throws NOT_FOUND. */
export async function readProject(db: Db, key: string) {
  const [project] = await selectProjects(db, eq(projects.key, key))
  if (!project) throw new DomainError('NOT_FOUND', `There is no project "${key}".`)
  return project
}

/** Throws NOT_FOUND. */
export async function findProject(db: Db, key: string): Promise<Project> {
  const project = await db.query.projects.findFirst({ where: eq(projects.key, key) })
  if (!project) throw new DomainError('NOT_FOUND', `There is no project "${key}".`)
  return project
}

/** Throws NOT_FOUND, also when the environment belongs to another project. */
export async function findEnvironment(db: Db, project: string, key: string): Promise<Environment> {
  const { id } = await findProject(db, project)
  const environment = await db.query.environments.findFirst({
    where: and(eq(environments.projectId, id), eq(environments.key, key)),
  })
  if (!environment) throw new DomainError('NOT_FOUND', `Project "${project}" has no environment "${key}".`)
  return environment
}

/**
 * The lock that keeps an environment from being created while a flag or segment is: each gets a row for every other.
 * `share` for those who create flags, who do not wait for each other. Weaker than `update`, because every audit row refers
 * to its project: a kill would wait for us while we wait for the history. Throws NOT_FOUND.
 */
export async function lockProject(tx: Db, key: string, strength: 'share' | 'no key update'): Promise<Project> {
  const [project] = await tx.select().from(projects).where(eq(projects.key, key)).for(strength)
  if (!project) throw new DomainError('NOT_FOUND', `There is no project "${key}".`)
  return project
}
