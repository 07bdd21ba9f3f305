import { eq } from 'drizzle-orm'
import type { Acting } from '../audit/record-change.ts'
import { ramps, rampTransitions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { editableOf } from '../flags/configuration.ts'
import { writeConfiguration } from '../flags/edit-configuration.ts'
import { lockConfiguration } from '../flags/plan-edit.ts'
import { invalidInput } from '../http/errors.ts'
import { describePlan } from './describe-ramp.ts'
import { databaseNow, type RampTarget, refusedBy, rolloutOf } from './move-ramp.ts'
import { stateNow } from './ramp-now.ts'
import type { RampPlan } from './ramp-plan.ts'
import { RAMP_TABLE } from './ramp-states.ts'
import type { NewRamp } from './ramps.schemas.ts'
import { findTemplate, type TemplatePlan } from './ramp-templates.ts'

/**
 * Plans a ramp, or replaces the draft that nobody has started. It changes nothing that is served. Throws NOT_FOUND, RAMP_STATE
 * while another one is unfinished, INVALID_INPUT when the flag has no such rollout.
 */
export async function planRamp(db: Db, where: RampTarget, input: NewRamp, acting: Acting): Promise<void> {
  const template = input.template === undefined ? null : await findTemplate(db, where.project, input.template)
  const plan = toPlan(input, template?.plan)
  const rule = input.rule ?? null
  await inTransaction(db, async (tx) => {
    const found = await lockConfiguration(tx, where)
    const { flag, environment, configuration, kill } = found
    if (found.ramp) {
      const { state } = stateNow(found.ramp, kill)
      const cell = RAMP_TABLE[state].plan
      if ('refused' in cell) throw refusedBy(state, 'plan', cell.refused)
    }
    const rollout = rolloutOf(configuration, rule)
    if (!rollout) throw noRollout(rule, configuration.rules)
    const moves = (found.ramp?.moves ?? 0) + 1
    const row = { rule, plan, moves, createdBy: acting.actor.name }
    const sentence = describePlan({ flag: flag.key, environment: environment.key }, plan)
    const also = async () => {
      const id = found.ramp?.id ?? (await insertDraft(tx, { flagId: flag.id, environmentId: environment.id, ...row }))
      if (found.ramp) await tx.update(ramps).set(row).where(eq(ramps.id, id))
      const now = await databaseNow(tx)
      const { actor, reason } = acting
      const transition = { rampId: id, seq: moves, at: now, event: 'plan', state: 'draft', step: -1 } as const
      await tx.insert(rampTransitions).values({ ...transition, weight: rollout.weight, actor, sentence, reason })
    }
    await writeConfiguration(tx, found, editableOf(configuration), { action: 'ramp.plan', sentence, also }, acting)
  })
}

async function insertDraft(tx: Db, row: Omit<typeof ramps.$inferInsert, 'state'>): Promise<string> {
  const [inserted] = await tx
    .insert(ramps)
    .values({ ...row, state: 'draft' })
    .returning({ id: ramps.id })
  if (!inserted) throw new Error('The ramp was not written.')
  return inserted.id
}

/** What the input says, over what the template says. */
function toPlan(input: NewRamp, template: TemplatePlan | undefined): RampPlan {
  const steps = input.steps ?? template?.steps
  if (!steps) throw invalidInput([{ path: 'steps', message: 'Give the steps, or the name of a template.' }])
  const windows = input.windows ?? template?.windows ?? []
  const timeZone = input.timeZone ?? template?.timeZone ?? null
  if (windows.length > 0 && timeZone === null) {
    const message = 'Windows are hours on a clock: say in which time zone, for example "Europe/Zurich".'
    throw invalidInput([{ path: 'timeZone', message }])
  }
  return {
    mode: input.mode ?? template?.mode ?? 'timed',
    steps,
    template: input.template ?? null,
    startAt: input.startAt ? new Date(input.startAt).toISOString() : null,
    timeZone,
    windows,
  }
}

function noRollout(rule: string | null, rules: { id: string; serve: { rollout?: unknown } }[]) {
  if (rule === null) {
    const message =
      'The default rule serves one variant to everybody. Make it a rollout first, or name a rule that has one.'
    return invalidInput([{ path: 'rule', message }])
  }
  const known = rules.filter(({ serve }) => serve.rollout).map(({ id }) => id)
  const message = `There is no rule "${rule}" with a rollout. ${known.length > 0 ? `Those with one are: ${known.join(', ')}.` : 'No rule has one.'}`
  return invalidInput([{ path: 'rule', message }])
}
