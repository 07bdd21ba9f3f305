import { asc, eq } from 'drizzle-orm'
import type { Logger } from 'pino'
import { environments, projects } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { rememberChecks } from './remember-checks.ts'
import type { Target } from './roles.ts'

/** Stands for a project that does not exist, so that a stranger cannot tell it from one that is closed to them. */
const NO_PROJECT = { id: '', environments: [] }

/** Which projects and environments there are, for checks of permission. */
export interface Places {
  /**
   * What the keys of a path stand for. Throws UNAVAILABLE when that could not be found out; what is unknown is left to
   * the route, which says so to those who may hear it.
   */
  target(project: string | undefined, environment: string | undefined): Promise<Target>
}

/** Remembered for seconds: a kill must not queue behind imports for the question whether it is allowed. */
export function createPlaces(db: Db, log: Logger): Places {
  const known = rememberChecks(load, log)

  async function load(key: string): Promise<Target['project']> {
    const rows = await db
      .select({
        projectId: projects.id,
        id: environments.id,
        key: environments.key,
        production: environments.production,
      })
      .from(projects)
      .leftJoin(environments, eq(environments.projectId, projects.id))
      .where(eq(projects.key, key))
      .orderBy(asc(environments.position))
    const [first] = rows
    if (!first) return null
    const found = rows.flatMap(({ id, key, production }) =>
      id !== null && key !== null && production !== null ? [{ id, key, production }] : [],
    )
    return { id: first.projectId, environments: found }
  }

  async function find(key: string): Promise<Target['project']> {
    try {
      return await known.find(key)
    } catch (cause) {
      const message = 'NOT applied: the permission could not be checked, the database does not answer.'
      throw new DomainError('UNAVAILABLE', message, { cause })
    }
  }

  return {
    async target(projectKey, environmentKey) {
      if (projectKey === undefined) return { project: null, environment: null }
      const named = (project: Target['project']) => project?.environments.find(({ key }) => key === environmentKey)
      let project = await find(projectKey)
      if (project && environmentKey !== undefined && !named(project)) {
        // It may have been made a moment ago, and may serve production.
        known.forget(projectKey)
        project = await find(projectKey)
      }
      return { project: project ?? NO_PROJECT, environment: named(project) ?? null }
    },
  }
}
