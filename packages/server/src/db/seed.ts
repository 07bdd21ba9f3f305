import { ulid } from 'ulid'
import type { Db } from './store.ts'
import { auditHeads, environments, projects } from './schema/index.ts'

const FIRST_ENVIRONMENTS = [
  { key: 'development', name: 'Development', production: false },
  { key: 'staging', name: 'Staging', production: false },
  { key: 'production', name: 'Production', production: true },
]

/** A fresh installation has a project `default` with three environments; one that has any project is left alone. */
export async function seed(db: Db): Promise<void> {
  await db.transaction(async (tx) => {
    const existing = await tx.select({ id: projects.id }).from(projects).limit(1)
    if (existing.length === 0) await insertProject(tx, 'default', 'Default')
  })
}

/** A project with the beginning of its history and its first environments; answers its id. */
export async function insertProject(tx: Db, key: string, name: string): Promise<string> {
  const [project] = await tx.insert(projects).values({ key, name }).returning()
  if (!project) throw new Error('The project could not be written.')
  await tx.insert(auditHeads).values({ projectId: project.id })
  await tx.insert(environments).values(
    FIRST_ENVIRONMENTS.map((environment, position) => ({
      ...environment,
      position,
      projectId: project.id,
      epoch: ulid(),
    })),
  )
  return project.id
}
