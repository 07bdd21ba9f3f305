import { eq } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { environments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { findEnvironment } from './projects.queries.ts'

/** What an environment asks of whoever changes something in it. */
export interface EnvironmentRules {
  reasonRequired?: boolean | undefined
  approvalRequired?: boolean | undefined
}

/** Changes them. SDKs see nothing of it, so no revision moves. Nothing changed writes nothing. Throws NOT_FOUND. */
export async function editEnvironment(
  db: Db,
  project: string,
  key: string,
  rules: EnvironmentRules,
  acting: Acting,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { id } = await findEnvironment(tx, project, key)
    await tx.select({ id: environments.id }).from(environments).where(eq(environments.id, id)).for('no key update')
    const row = await findEnvironment(tx, project, key)
    const before = { reasonRequired: row.reasonRequired, approvalRequired: row.approvalRequired }
    const after = {
      reasonRequired: rules.reasonRequired ?? before.reasonRequired,
      approvalRequired: rules.approvalRequired ?? before.approvalRequired,
    }
    const parts = [
      ...(before.reasonRequired === after.reasonRequired ? [] : [`${verb(after.reasonRequired)} a reason for changes`]),
      ...(before.approvalRequired === after.approvalRequired
        ? []
        : [`${verb(after.approvalRequired)} a second person`]),
    ]
    if (parts.length === 0) return
    const sentence = `${parts.join(' and ')} in ${row.key}`
    const change = { projectId: row.projectId, environmentId: id, flagId: null, version: null }
    await recordChange(tx, { ...change, action: 'environment.edit', sentence, before, after }, acting, [], async () => {
      await tx.update(environments).set(after).where(eq(environments.id, id))
    })
  })
}

function verb(required: boolean): string {
  return required ? 'demanded' : 'no longer demanded'
}
