import type { Serve } from '@rampart/evaluation'
import { sameJson } from '../audit/canonical-json.ts'
import type { Acting } from '../audit/record-change.ts'
import { DomainError } from '../http/errors.ts'
import type { Editable } from './configuration.schemas.ts'
import type { PlannedEdit } from './plan-edit.ts'

/**
 * Whether an edit has to wait for a second person: where its environment wants that, everything but a ramp down. To
 * take something away from people is what an emergency asks for, and it must not wait for anybody.
 */
export function needsApproval({ environment, before, after, changes }: PlannedEdit): boolean {
  return changes && environment.approvalRequired && !onlyRampsDown(before, after)
}

/** Throws APPROVAL_REQUIRED for a person; a ramp was approved when it was started. */
export function refuseWithoutApproval(plan: PlannedEdit, acting: Acting): void {
  if (acting.actor.kind === 'system' || !needsApproval(plan)) return
  const message = `In ${plan.environment.key} a second person has to approve this. Save it as an edit: it becomes a change request.`
  throw new DomainError('APPROVAL_REQUIRED', message)
}

/** Whether people only lose something: the switch goes off, or weights go down, and nothing else changes. */
export function onlyRampsDown(before: Editable, after: Editable): boolean {
  if (before.on && !after.on) return sameJson({ ...before, on: false }, after)
  if (before.on !== after.on) return false
  const lowered = { ...after, defaultServe: atWeightOf(before.defaultServe, after.defaultServe) }
  lowered.rules = after.rules.map((rule, index) => {
    const old = before.rules[index]
    return old ? { ...rule, serve: atWeightOf(old.serve, rule.serve) } : rule
  })
  return sameJson(before, lowered)
}

/** `after` with the weight of `before`, if that one is larger and whoever leaves comes to the control, not elsewhere. */
function atWeightOf(before: Serve, after: Serve): Serve {
  const [from, to] = [before.rollout, after.rollout]
  if (!from || !to || to.weight > from.weight || to.otherwise === 'next') return after
  return { rollout: { ...to, weight: from.weight } }
}
