// What people do with a ramp that is planned: one function for each word of the table.
import { and, desc, eq } from 'drizzle-orm'
import type { Acting } from '../audit/record-change.ts'
import { rampTransitions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { percentOf } from '../flags/describe-weight.ts'
import { DomainError, invalidInput } from '../http/errors.ts'
import {
  describeAcknowledged,
  describeApproval,
  describeMove,
  describeRollback,
  describeStart,
  describeStill,
  type RampPlace,
} from './describe-ramp.ts'
import { changeRamp, type LockedRamp, type RampTarget, refusedBy, soakSoFar, STILL } from './move-ramp.ts'
import type { RampStep } from './ramp-plan.ts'

/** Where to go: an index of the plan's steps, or a share. */
export interface StepChoice {
  step?: number | undefined
  weight?: number | undefined
}

/** Before the first step: 0 %. */
const BEFORE_FIRST = -1

/** Sets a plan going: its first step at once, or at its start time. Turns the flag on with the first step. */
export async function startRamp(db: Db, where: RampTarget, acting: Acting): Promise<void> {
  await changeRamp(db, where, 'start', acting, async (locked) => {
    const { ramp, now } = locked
    await demandSecondPerson(locked, acting)
    const { plan } = ramp
    const first = plan.steps[0] as RampStep
    const rollout = presentRollout(locked, 'start')
    const served = locked.found.configuration.on ? rollout.weight : 0
    if (first.weight < served) {
      const why = `${percentOf(served)} is served already and the plan begins with ${percentOf(first.weight)}. Plan it without the steps below ${percentOf(served)}.`
      throw refusedBy(ramp.state, 'start', why)
    }
    const isLater = plan.startAt !== null && new Date(plan.startAt) > now
    const sentence = describeStart(placeOf(locked), plan, served, isLater ? null : first.weight)
    if (isLater) return { sentence, set: { startedAt: now } }
    return { sentence, weight: first.weight, set: { startedAt: now, ...arrival(locked, 0) } }
  })
}

/** Where changes need a second person: whoever starts a ramp, or approves a step, is not the one who planned it. */
async function demandSecondPerson({ tx, found, ramp }: LockedRamp, acting: Acting): Promise<void> {
  if (!found.environment.approvalRequired) return
  const planned = await tx.query.rampTransitions.findFirst({
    where: and(eq(rampTransitions.rampId, ramp.id), eq(rampTransitions.event, 'plan')),
    orderBy: desc(rampTransitions.seq),
  })
  if (planned?.actor.id !== acting.actor.id) return
  const message = `You planned this ramp. In ${found.environment.key} a second person has to start it, and to approve its steps.`
  throw new DomainError('APPROVAL_REQUIRED', message)
}

export async function pauseRamp(db: Db, where: RampTarget, acting: Acting): Promise<void> {
  await changeRamp(db, where, 'pause', acting, (locked) => {
    if (locked.ramp.holdReason === 'paused') return null
    const sentence = describeStill('paused', placeOf(locked), shareOf(locked))
    return { sentence, set: { ...STILL, soakedMs: soakSoFar(locked), holdReason: 'paused', holdNote: null } }
  })
}

/** Goes on at its step with the rest of its soak. The share is that of the step again, whatever was set meanwhile. */
export async function resumeRamp(db: Db, where: RampTarget, acting: Acting): Promise<void> {
  await changeRamp(db, where, 'resume', acting, (locked) => {
    presentRollout(locked, 'resume')
    const { ramp, now } = locked
    const step = ramp.plan.steps[ramp.step]
    const sentence = describeStill('resumed', placeOf(locked), step?.weight ?? shareOf(locked))
    return { sentence, set: { soakingSince: step ? now : null }, ...(step ? { weight: step.weight } : {}) }
  })
}

/** Goes to a later step, the next one unless another is chosen, at once. Whoever does it approves it. */
export async function advanceRamp(db: Db, where: RampTarget, choice: StepChoice, acting: Acting): Promise<void> {
  await changeRamp(db, where, 'advance', acting, async (locked) => {
    const { ramp } = locked
    const { weight: from } = presentRollout(locked, 'advance')
    const to = chosenStep(locked, choice) ?? ramp.step + 1
    const step = ramp.plan.steps[to]
    if (!step) throw refusedBy(ramp.state, 'advance', 'It is at its last step already.')
    if (to <= ramp.step) throw refusedBy(ramp.state, 'advance', 'Advance goes up. To go down, roll back.')
    const passed = ramp.plan.steps.slice(ramp.step + 1, to + 1)
    const isApproval = passed.some(({ approval }, at) => approval && !ramp.approvals[ramp.step + 1 + at])
    if (isApproval) await demandSecondPerson(locked, acting)
    return { sentence: describeMove(placeOf(locked), from, step.weight), weight: step.weight, set: arrival(locked, to) }
  })
}

/** Approves a later step, the first that needs it unless another is chosen. Soak and windows hold all the same. */
export async function approveRamp(db: Db, where: RampTarget, choice: StepChoice, acting: Acting): Promise<void> {
  await changeRamp(db, where, 'approve', acting, async (locked) => {
    const { ramp, now } = locked
    await demandSecondPerson(locked, acting)
    const { steps } = ramp.plan
    if (ramp.state === 'holding' && ramp.holdReason !== 'approval') {
      throw refusedBy(ramp.state, 'approve', 'It is not held for an approval. Resume it first.')
    }
    const isOpen = (at: number) => at > ramp.step && steps[at]?.approval === true && !ramp.approvals[at]
    const to = chosenStep(locked, choice) ?? steps.findIndex((_, at) => isOpen(at))
    if (!isOpen(to)) throw refusedBy(ramp.state, 'approve', 'No step to come waits for this approval.')
    if (ramp.state === 'holding' && to !== ramp.step + 1) {
      throw refusedBy(ramp.state, 'approve', `It waits for ${percentOf(steps[ramp.step + 1]?.weight ?? 0)} first.`)
    }
    const approvals = { ...ramp.approvals, [to]: { by: acting.actor.name, at: now.toISOString() } }
    const soaks = ramp.state === 'holding' && ramp.step > BEFORE_FIRST
    const set = { approvals, ...(soaks ? { soakingSince: now } : {}) }
    return { sentence: describeApproval(placeOf(locked), steps[to]?.weight ?? 0), set }
  })
}

/** Goes down: to the step before unless another, or 0 %, is chosen. The newest people leave first. */
export async function rollbackRamp(db: Db, where: RampTarget, choice: StepChoice, acting: Acting): Promise<void> {
  await changeRamp(db, where, 'rollback', acting, (locked) => {
    const { ramp } = locked
    const { weight: from } = presentRollout(locked, 'rollback')
    const to =
      choice.weight === 0 ? BEFORE_FIRST : (chosenStep(locked, choice) ?? Math.max(BEFORE_FIRST, ramp.step - 1))
    const weight = ramp.plan.steps[to]?.weight ?? 0
    if (weight >= from) {
      const why =
        from === 0
          ? 'Nobody gets it: there is nothing to roll back.'
          : `${percentOf(from)} is served now. Roll back to less.`
      throw refusedBy(ramp.state, 'rollback', why)
    }
    const set = { ...STILL, step: to, soakedMs: 0, approvals: {}, holdReason: null, holdNote: null }
    return { sentence: describeRollback(placeOf(locked), from, weight), weight, set }
  })
}

export async function acknowledgeRamp(db: Db, where: RampTarget, acting: Acting): Promise<void> {
  await changeRamp(db, where, 'acknowledge', acting, (locked) => {
    const sentence = describeAcknowledged(placeOf(locked), shareOf(locked))
    return { sentence, set: { holdReason: 'acknowledged' } }
  })
}

/** Ends it. The share stays where it is and belongs to people again. */
export async function cancelRamp(db: Db, where: RampTarget, acting: Acting): Promise<void> {
  await changeRamp(db, where, 'cancel', acting, (locked) => {
    const sentence = describeStill('cancelled', placeOf(locked), shareOf(locked))
    return { sentence, set: { endedAt: locked.now } }
  })
}

/** Columns of a ramp that has just come to a step: its soak begins, approvals up to it are used up. */
export function arrival({ ramp, now }: LockedRamp, step: number) {
  const approvals = Object.fromEntries(Object.entries(ramp.approvals).filter(([at]) => Number(at) > step))
  return { step, soakingSince: now, soakedMs: 0, approvals }
}

export function placeOf({ found }: LockedRamp): RampPlace {
  return { flag: found.flag.key, environment: found.environment.key }
}

export function shareOf({ rollout }: LockedRamp): number {
  return rollout?.weight ?? 0
}

function presentRollout({ ramp, rollout }: LockedRamp, event: 'start' | 'resume' | 'advance' | 'rollback') {
  if (rollout) return rollout
  const what = ramp.rule === null ? 'The default rule serves one variant now' : `The rule "${ramp.rule}" is gone`
  throw refusedBy(ramp.state, event, `${what}: there is no share to ramp. Cancel the ramp.`)
}

/** Throws INVALID_INPUT for a choice that the plan does not have. */
function chosenStep({ ramp: { plan } }: LockedRamp, { step, weight }: StepChoice): number | undefined {
  if (step === undefined && weight === undefined) return undefined
  const at = step ?? plan.steps.findIndex((candidate) => candidate.weight === weight)
  if (plan.steps[at] && (weight === undefined || plan.steps[at].weight === weight)) return at
  const known = plan.steps.map((candidate, index) => `${index} (${percentOf(candidate.weight)})`).join(', ')
  throw invalidInput([{ path: step === undefined ? 'weight' : 'step', message: `The plan has the steps ${known}.` }])
}
