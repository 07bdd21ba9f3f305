import type { JsonValue } from '@rampart/evaluation'
import { and, eq } from 'drizzle-orm'
import { sameJson } from '../audit/canonical-json.ts'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { flagConfigurations } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { toConfiguration } from './configuration.ts'
import type { Editable } from './configuration.schemas.ts'
import { refuseWithoutApproval } from './needs-approval.ts'
import { checkPatternsOf, type ConfigurationEdit, type PlannedEdit, planEdit } from './plan-edit.ts'
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

/** Writes what was planned in the same transaction; the one place where a configuration changes. */
export async function applyEdit(tx: Db, plan: PlannedEdit, acting: Acting) {
  const { flag, environment, configuration, kill, before, after, origin } = plan
  if (!plan.changes) return toConfiguration(configuration, kill)
  const version = configuration.version + 1
  const allocation = configuration.allocation + (movesPeople(before, after) ? 1 : 0)
  let written = configuration
  const change = {
    projectId: flag.projectId,
    environmentId: environment.id,
    flagId: flag.id,
    action: origin?.action ?? 'configuration.edit',
    sentence: describeEdit(flag.key, environment.key, before, after) + (origin ? ` (${origin.note})` : ''),
    before: before as unknown as JsonValue,
    after: after as unknown as JsonValue,
    version,
  }
  await recordChange(tx, change, acting, [environment.id], async (revisions) => {
    const revision = revisions.get(environment.id) ?? 0
    const [row] = await tx
      .update(flagConfigurations)
      .set({ ...after, version, allocation, revision, updatedAt: new Date(), updatedBy: acting.actor.name })
      .where(and(eq(flagConfigurations.flagId, flag.id), eq(flagConfigurations.environmentId, environment.id)))
      .returning()
    if (row) written = row
  })
  return toConfiguration(written, kill)
}

/** Whether somebody may get another variant by the rules: counters before and after must not be mixed. */
function movesPeople(before: Editable, after: Editable): boolean {
  const bare = ({ rules, defaultServe }: Editable) => ({
    defaultServe,
    rules: rules.map(({ id, conditions, serve }) => ({ id, conditions, serve })),
  })
  return !sameJson(bare(before), bare(after))
}
