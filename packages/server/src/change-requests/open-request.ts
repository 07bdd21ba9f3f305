import type { JsonValue } from '@rampart/evaluation'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { changeRequests } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { ConfigurationEdit, PlannedEdit } from '../flags/plan-edit.ts'
import { describeIntention } from '../flags/sentences.ts'
import { type ChangeRequestRow, toChangeRequest } from './change-request.ts'

/** Stores a planned edit until a second person has looked at it. SDKs see nothing of it, so no revision moves. */
export async function openRequest(tx: Db, plan: PlannedEdit, patch: ConfigurationEdit['patch'], acting: Acting) {
  const { flag, environment, configuration, before, after, origin } = plan
  const [row] = await tx
    .insert(changeRequests)
    .values({
      projectId: flag.projectId,
      environmentId: environment.id,
      flagId: flag.id,
      patch: withRuleIds(patch, plan),
      baseVersion: configuration.version,
      sentence: intentionOf(plan),
      origin: origin ?? null,
      reason: acting.reason,
      via: acting.via,
      authors: [acting.actor],
    })
    .returning()
  if (!row) throw new Error('The change request was not written.')
  await recordRequest(tx, row, 'open', `asked to ${row.sentence}`, acting)
  return toChangeRequest(row, flag.key, environment.key, { version: configuration.version, before, after })
}

/** What a request would do, in words. */
export function intentionOf({ flag, environment, before, after, origin }: PlannedEdit): string {
  return describeIntention(flag.key, environment.key, before, after) + (origin ? ` (${origin.note})` : '')
}

/** New rules got their ids when they were planned; whoever approves must see the very rules that will come. */
export function withRuleIds(patch: ConfigurationEdit['patch'], { after }: PlannedEdit): ConfigurationEdit['patch'] {
  return patch.rules ? { ...patch, rules: after.rules as ConfigurationEdit['patch']['rules'] } : patch
}

/** Puts what happened to a request into the history. */
export async function recordRequest(
  tx: Db,
  request: ChangeRequestRow,
  what: 'open' | 'edit' | 'approve' | 'reject' | 'withdraw',
  sentence: string,
  acting: Acting,
): Promise<void> {
  const change = {
    projectId: request.projectId,
    environmentId: request.environmentId,
    flagId: request.flagId,
    action: `change-request.${what}`,
    sentence,
    before: null,
    after: { changeRequest: request.id, patch: request.patch as JsonValue, baseVersion: request.baseVersion },
    version: null,
  }
  await recordChange(tx, change, acting, [], async () => {})
}
