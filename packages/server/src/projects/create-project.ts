import { type Acting, recordChange } from '../audit/record-change.ts'
import { insertProject } from '../db/seed.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError, violatedConstraint } from '../http/errors.ts'
import type { NewProject } from './projects.schemas.ts'

/** A project with the environments of a fresh installation and a history of its own. Throws KEY_TAKEN. */
export async function createProject(db: Db, { key, name }: NewProject, acting: Acting): Promise<void> {
  try {
    await inTransaction(db, async (tx) => {
      const projectId = await insertProject(tx, key, name)
      const change = {
        projectId,
        environmentId: null,
        flagId: null,
        action: 'project.create',
        sentence: `created the project ${key}`,
        before: null,
        after: { key, name },
        version: null,
      }
      await recordChange(tx, change, acting, [], async () => {})
    })
  } catch (error) {
    if (violatedConstraint(error) === 'projects_key_unique') {
      throw new DomainError('KEY_TAKEN', `There is a project "${key}" already. Choose another key.`)
    }
    throw error
  }
}
