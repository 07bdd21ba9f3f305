import { and, asc, eq, inArray, type SQL } from 'drizzle-orm'
import type { Grant } from '../access/roles.ts'
import { environments, projects } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'

export type Project = typeof projects.$inferSelect
export type Environment = typeof environments.$inferSelect

/** The projects of these grants, each with its environments in the order of screens. */
export async function listProjects(db: Db, grants: readonly Grant[]) {
  const rows = await db
    .select({ project: projects, environment: environments })
    .from(projects)
    .leftJoin(environments, eq(environments.projectId, projects.id))
    .where(seenBy(grants))
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

function summary({ key, name, production, position, revision }: Environment) {
  return { key, name, production, position, revision }
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
