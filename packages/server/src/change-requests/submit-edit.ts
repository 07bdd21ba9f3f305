import type { Acting } from '../audit/record-change.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { applyEdit } from '../flags/edit-configuration.ts'
import { needsApproval } from '../flags/needs-approval.ts'
import { checkPatternsOf, type ConfigurationEdit, planEdit } from '../flags/plan-edit.ts'
import { openRequest } from './open-request.ts'

export type Submitted =
  | { configuration: Awaited<ReturnType<typeof applyEdit>> }
  | { changeRequest: Awaited<ReturnType<typeof openRequest>> }

/**
 * What a person's edit becomes: applied at once, or a change request where a second person has to look first. Both
 * are checked in the same way. Throws what an edit throws.
 */
export async function submitEdit(db: Db, edit: ConfigurationEdit, acting: Acting): Promise<Submitted> {
  await checkPatternsOf(edit)
  return inTransaction(db, async (tx): Promise<Submitted> => {
    const plan = await planEdit(tx, edit)
    if (!needsApproval(plan)) return { configuration: await applyEdit(tx, plan, acting) }
    return { changeRequest: await openRequest(tx, plan, edit.patch, acting) }
  })
}
