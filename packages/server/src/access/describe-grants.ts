import { inArray } from 'drizzle-orm'
import { environments, projects } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Grant } from './roles.ts'

/** Grants with keys in place of ids, for screens and scripts. */
export async function describeGrants(db: Db, grants: readonly Grant[]) {
  const projectKeys = await keysOf(
    db,
    projects,
    grants.flatMap(({ projectId }) => projectId ?? []),
  )
  const environmentKeys = await keysOf(
    db,
    environments,
    grants.flatMap(({ environmentIds }) => environmentIds ?? []),
  )
  return grants.map(({ projectId, environmentIds, role, production, kill }) => ({
    project: projectId === null ? null : (projectKeys.get(projectId) ?? ''),
    role,
    production,
    kill,
    environments: environmentIds && environmentIds.flatMap((id) => environmentKeys.get(id) ?? []),
  }))
}

/** Keys of projects or environments by their ids. */
export async function keysOf(
  db: Db,
  table: typeof projects | typeof environments,
  ids: string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db.select({ id: table.id, key: table.key }).from(table).where(inArray(table.id, ids))
  return new Map(rows.map(({ id, key }) => [id, key]))
}
