import { type Acting, recordChange } from '../audit/record-change.ts'
import { qaLinkKeys } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import type { Environment } from '../projects/projects.queries.ts'
import { createLinkKey } from './link-key.ts'

/** Ends every QA link of an environment: a new key takes the place of the one that signed them, and SDKs hear of it at once. */
export async function endQaLinks(db: Db, environment: Environment, acting: Acting): Promise<void> {
  await inTransaction(db, async (tx) => {
    const change = {
      projectId: environment.projectId,
      environmentId: environment.id,
      flagId: null,
      action: 'qa-link.end-all',
      sentence: `ended all QA links of ${environment.key}`,
      before: null,
      after: null,
      version: null,
    }
    await recordChange(tx, change, acting, [environment.id], async () => {
      const key = createLinkKey()
      await tx
        .insert(qaLinkKeys)
        .values({ environmentId: environment.id, ...key })
        .onConflictDoUpdate({ target: qaLinkKeys.environmentId, set: { ...key, createdAt: new Date() } })
    })
  })
}
