// What must hold before a ramp takes its next step by itself. A pure list of findings: today start time, soak, approval
// and windows; verdicts about harm enter here as one more. Each finding is kept with the step that it let in.
import { percentOf } from '../flags/describe-weight.ts'
import { durationInWords, timeInWords } from './describe-time.ts'
import type { RampFacts } from './ramp-plan.ts'
import { openFrom } from './windows.ts'

export const GATES = ['start', 'soak', 'person', 'approval', 'window'] as const
type Gate = (typeof GATES)[number]

export interface GateFinding {
  gate: Gate
  passed: boolean
  /** When it will pass by itself, ISO 8601; null when it has passed, or when only a person can make it pass. */
  opensAt: string | null
  sentence: string
}

/** Every gate before the step after `facts.step`, in the order in which they are asked. */
export function findGates(facts: RampFacts, now: Date): GateFinding[] {
  const { plan } = facts
  const next = plan.steps[facts.step + 1]
  const waits = facts.step < 0 ? startGate(facts, now) : soakGate(facts, now)
  if (!next) return [waits]
  return [
    waits,
    ...(plan.mode === 'manual' && facts.step >= 0 ? [personGate()] : []),
    ...(next.approval && facts.step >= 0 ? [approvalGate(facts)] : []),
    ...(plan.windows.length > 0 ? [windowGate(facts, waits, now)] : []),
  ]
}

function startGate({ plan: { startAt, timeZone } }: RampFacts, now: Date): GateFinding {
  if (startAt === null) return passed('start', 'It was started.')
  const words = timeInWords(new Date(startAt), timeZone)
  if (new Date(startAt) <= now) return passed('start', `Its start time, ${words}, has come.`)
  return { gate: 'start', passed: false, opensAt: startAt, sentence: `It starts at ${words}.` }
}

function soakGate(facts: RampFacts, now: Date): GateFinding {
  const step = facts.plan.steps[facts.step]
  const soak = durationInWords((step?.soakSeconds ?? 0) * 1000)
  const at = percentOf(step?.weight ?? 0)
  const ends = soakEnd(facts)
  if (ends !== null && ends <= now) return passed('soak', `${at} has been served for its ${soak}.`)
  const sentence = `${at} soaks for ${soak}.`
  return { gate: 'soak', passed: false, opensAt: ends?.toISOString() ?? null, sentence }
}

function personGate(): GateFinding {
  return { gate: 'person', passed: false, opensAt: null, sentence: 'This ramp is advanced by hand.' }
}

function approvalGate({ plan, step, approvals }: RampFacts): GateFinding {
  const share = percentOf(plan.steps[step + 1]?.weight ?? 0)
  const given = approvals[step + 1]
  if (given) return passed('approval', `${given.by} approved ${share}.`)
  return { gate: 'approval', passed: false, opensAt: null, sentence: `${share} needs an approval.` }
}

/** Asked for the moment at which everything before it has passed. */
function windowGate({ plan }: RampFacts, before: GateFinding, now: Date): GateFinding {
  const earliest = before.opensAt === null ? now : new Date(before.opensAt)
  const opens = openFrom(plan.windows, plan.timeZone, earliest)
  if (before.passed && opens <= now) return passed('window', 'It is within the allowed hours.')
  const words = timeInWords(opens, plan.timeZone)
  const sentence = opens > earliest ? `The allowed hours begin at ${words}.` : `${words} is within the allowed hours.`
  return { gate: 'window', passed: false, opensAt: opens.toISOString(), sentence }
}

function passed(gate: Gate, sentence: string): GateFinding {
  return { gate, passed: true, opensAt: null, sentence }
}

/** When the soak of the present step ends; null while it does not run. */
export function soakEnd({ plan, step, soakingSince, soakedMs }: RampFacts): Date | null {
  const soakMs = (plan.steps[step]?.soakSeconds ?? 0) * 1000
  return soakingSince === null ? null : new Date(soakingSince.getTime() + soakMs - soakedMs)
}
