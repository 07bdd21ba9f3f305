// What a ramp does next, and when. Pure: plan, state, time and gates in, a decision out. Nobody else decides.
import { percentOf } from '../flags/describe-weight.ts'
import { findGates, type GateFinding, soakEnd } from './advance-gates.ts'
import type { HoldReason, RampState } from './ramp-states.ts'
import type { RampWindow } from './windows.ts'

export interface RampStep {
  /** Out of 100 000; each step more than the one before. */
  weight: number
  soakSeconds: number
  /** A person must approve before this step is taken. Whoever starts the ramp approves the first. */
  approval: boolean
}

export interface RampPlan {
  /** `timed` advances by itself when the gates have passed; `manual` only by hand. */
  mode: 'timed' | 'manual'
  steps: RampStep[]
  /** Name of the template that it was made from. */
  template: string | null
  /** ISO 8601; null for the moment in which somebody starts it. */
  startAt: string | null
  /** IANA name, for windows. */
  timeZone: string | null
  windows: RampWindow[]
}

/** How far a ramp has come, as far as the next step depends on it. */
export interface RampFacts {
  plan: RampPlan
  state: RampState
  holdReason: HoldReason | null
  step: number
  soakingSince: Date | null
  soakedMs: number
  approvals: Record<string, { by: string; at: string }>
}

/** What is to be done now. `at` of `wait` is when to decide again; null when only a person can change anything. */
export type Decision =
  | { do: 'wait'; at: Date | null }
  | { do: 'step'; step: number }
  | { do: 'hold'; reason: 'approval' }
  | { do: 'complete' }

export function decide(facts: RampFacts, now: Date, gates = findGates(facts, now)): Decision {
  if (facts.state !== 'running') return { do: 'wait', at: null }
  const [waits, ...others] = gates
  if (waits && !waits.passed) return { do: 'wait', at: timeOf(waits) }
  if (facts.step + 1 >= facts.plan.steps.length) return { do: 'complete' }
  const shut = others.filter((finding) => !finding.passed)
  // By hand nothing is missing: the person who advances it approves.
  if (shut.some(({ gate }) => gate === 'person')) return { do: 'wait', at: null }
  if (shut.some(({ gate }) => gate === 'approval')) return { do: 'hold', reason: 'approval' }
  const opens = shut.map(timeOf).filter((time) => time !== null)
  if (opens.length > 0) return { do: 'wait', at: new Date(Math.max(...opens.map(Number))) }
  return { do: 'step', step: facts.step + 1 }
}

/** When a replica must look at it next; null when no clock changes anything. */
export function dueAt(facts: RampFacts, now: Date): Date | null {
  const decision = decide(facts, now)
  return decision.do === 'wait' ? decision.at : now
}

/** What will happen next, as people are told. */
export interface NextMove {
  does: 'step' | 'complete' | 'nothing'
  step: number | null
  weight: number | null
  /** When, if nobody interferes; null when it waits for a person. */
  at: string | null
  waitsFor: GateFinding['gate'] | null
  sentence: string
}

export function nextMove(facts: RampFacts, now: Date, gates = findGates(facts, now)): NextMove {
  const { plan, state } = facts
  const step = facts.step + 1
  const next = plan.steps[step]
  if (state !== 'running') return { ...NOTHING, sentence: stillSentence(facts) }
  const shut = gates.filter((finding) => !finding.passed)
  if (!next) {
    const at = soakEnd(facts)?.toISOString() ?? null
    return { ...NOTHING, does: 'complete', at, waitsFor: 'soak', sentence: 'It is complete when its last soak ends.' }
  }
  const byPerson = shut.find(({ gate }) => gate === 'person' || gate === 'approval')
  const last = shut.at(-1)
  const waitsFor = byPerson?.gate ?? last?.gate ?? null
  const at = byPerson ? null : (last?.opensAt ?? now.toISOString())
  return { does: 'step', step, weight: next.weight, at, waitsFor, sentence: nextSentence(next.weight, gates) }
}

const NOTHING = { does: 'nothing', step: null, weight: null, at: null, waitsFor: null } as const

function nextSentence(weight: number, gates: GateFinding[]): string {
  const shut = gates.filter((finding) => !finding.passed).map((finding) => finding.sentence)
  return shut.length > 0 ? `Next ${percentOf(weight)}. ${shut.join(' ')}` : `Next ${percentOf(weight)}, now.`
}

function stillSentence({ plan, state, step, holdReason }: RampFacts): string {
  const next = plan.steps[step + 1]
  const share = next ? percentOf(next.weight) : null
  switch (state) {
    case 'draft':
      return 'Nothing happens until somebody starts it.'
    case 'rolled_back':
      return 'It was rolled back. It stays there until somebody acknowledges that.'
    case 'completed':
      return 'It is complete.'
    case 'cancelled':
      return 'It was cancelled. The share stays where it is.'
    default:
      return holdSentence(holdReason, share)
  }
}

function holdSentence(reason: HoldReason | null, share: string | null): string {
  switch (reason) {
    case 'killed':
      return 'It was held by a kill. After the restore it waits until somebody resumes it.'
    case 'approval':
      return `It waits for an approval of ${share ?? 'its next step'}.`
    case 'failed':
      return 'Its next step was refused. It waits until somebody resumes it.'
    case 'acknowledged':
      return 'It was rolled back. It goes on when somebody resumes it.'
    default:
      return 'It is paused until somebody resumes it.'
  }
}

function timeOf(finding: GateFinding): Date | null {
  return finding.opensAt === null ? null : new Date(finding.opensAt)
}
