import type { JsonValue } from '@rampart/evaluation'
import { and, eq } from 'drizzle-orm'
import { sameJson } from '../audit/canonical-json.ts'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { flagConfigurations } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { type ConfigurationRow, editableOf, toConfiguration } from './configuration.ts'
import type { Editable } from './configuration.schemas.ts'
import { refuseWithoutApproval } from './needs-approval.ts'
import {
  checkPatternsOf,
  type ConfigurationEdit,
  type FoundConfiguration,
  movesPeople,
  type PlannedEdit,
  planEdit,
} from './plan-edit.ts'
import { describeEdit } from './sentences.ts'

/**
 * Merges a patch into a configuration and answers the result. A patch that changes nothing writes nothing. Throws
 * what planning throws, REASON_REQUIRED, and APPROVAL_REQUIRED where a second person has to look first.
 */
export async function editConfiguration(db: Db, edit: ConfigurationEdit, acting: Acting) {
  await checkPatternsOf(edit)
  return inTransaction(db, async (tx) => {
    const plan = await planEdit(tx, edit)
    refuseWithoutApproval(plan, acting)
    return applyEdit(tx, plan, acting)
  })
}

/** Writes what was planned in the same transaction. */
export async function applyEdit(tx: Db, plan: PlannedEdit, acting: Acting) {
  const { flag, environment, before, after, origin } = plan
  if (!plan.changes) return toConfiguration(plan)
  const note = origin ? ` (${origin.note})` : ''
  const sentence = describeEdit(flag.key, environment.key, before, after) + note
  const what = { action: origin?.action ?? 'configuration.edit', sentence }
  return toConfiguration({ ...plan, configuration: await writeConfiguration(tx, plan, after, what, acting) })
}

/** What the history says about a change of a configuration, and what else belongs to the change. */
export interface WrittenChange {
  action: string
  sentence: string
  /** Counters start anew though no share changes: a ramp began, or ended. */
  newAllocation?: boolean
  /** Writes more rows; called with all locks held. */
  also?: () => Promise<void>
}

/**
 * The one place where a configuration changes, locked and checked before: audit row, revision, notification. People's edits
 * and the steps of ramps end here alike. With `after` as it was, it still records what `also` writes and tells everybody
 * to look.
 */
export async function writeConfiguration(
  tx: Db,
  { flag, environment, configuration }: FoundConfiguration,
  after: Editable,
  { action, sentence, newAllocation = false, also }: WrittenChange,
  acting: Acting,
): Promise<ConfigurationRow> {
  const before = editableOf(configuration)
  const isEdit = !sameJson(before, after)
  const version = configuration.version + (isEdit ? 1 : 0)
  const allocation = configuration.allocation + (newAllocation || movesPeople(before, after) ? 1 : 0)
  const authored = isEdit ? { updatedAt: new Date(), updatedBy: acting.actor.name } : {}
  let written = configuration
  const change = {
    projectId: flag.projectId,
    environmentId: environment.id,
    flagId: flag.id,
    action,
    sentence,
    before: before as unknown as JsonValue,
    after: after as unknown as JsonValue,
    version: isEdit ? version : null,
  }
  await recordChange(tx, change, acting, [environment.id], async (revisions) => {
    const revision = revisions.get(environment.id) ?? 0
    const [row] = await tx
      .update(flagConfigurations)
      .set({ ...after, version, allocation, revision, ...authored })
      .where(and(eq(flagConfigurations.flagId, flag.id), eq(flagConfigurations.environmentId, environment.id)))
      .returning()
    if (row) written = row
    await also?.()
  })
  return written
}
