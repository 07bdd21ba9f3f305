// A plan while somebody writes it: text as it stands in the fields, and the plan it means.
import type { PlannedStep, RampPlan, RampTemplate, Weekday } from '../contract.ts'
import { parseShare, shareNumber } from '../words/shares.ts'

export const SOAK_UNITS = [
  ['seconds', 1],
  ['minutes', 60],
  ['hours', 3600],
  ['days', 86_400],
  ['weeks', 604_800],
] as const
export type SoakUnit = (typeof SOAK_UNITS)[number][0]

export interface StepDraft {
  /** Percent, as typed. */
  share: string
  soak: string
  unit: SoakUnit
  approval: boolean
}

export const WEEKDAYS: Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

export interface HoursDraft {
  limited: boolean
  days: Weekday[]
  from: string
  to: string
  timeZone: string
}

export interface PlanDraft {
  mode: RampPlan['mode']
  steps: StepDraft[]
  /** As a field of date and time says it, in the viewer's zone; empty for at once. */
  startAt: string
  hours: HoursDraft
}

/** Not at night, not at weekends: what most mean when they limit a ramp. */
const WORKING_HOURS = { days: WEEKDAYS.slice(0, 5), from: '09:00', to: '17:00' }

export function toDraft(plan: Omit<RampPlan, 'startAt'> & { startAt?: string | null }): PlanDraft {
  const [window] = plan.windows
  return {
    mode: plan.mode,
    steps: plan.steps.map(stepDraft),
    startAt: plan.startAt ? localTime(new Date(plan.startAt)) : '',
    hours: {
      limited: window !== undefined,
      ...(window ?? WORKING_HOURS),
      timeZone: plan.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    },
  }
}

function stepDraft({ weight, soakSeconds, approval }: PlannedStep): StepDraft {
  const [unit, size] = SOAK_UNITS.findLast(([, seconds]) => soakSeconds > 0 && soakSeconds % seconds === 0) ?? [
    'hours',
    3600,
  ]
  return { share: shareNumber(weight), soak: String(soakSeconds / size), unit, approval }
}

/** "2026-11-24T14:30", as fields of date and time want it. */
function localTime(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export interface Mistake {
  /** Index of the step; null for the plan as a whole. */
  step: number | null
  message: string
}

/** The plan that a draft means, or what keeps it from being one. The service checks again. */
export function readDraft(draft: PlanDraft): { plan: RampPlan; mistakes: [] } | { plan: null; mistakes: Mistake[] } {
  const mistakes: Mistake[] = []
  const steps: PlannedStep[] = []
  for (const [at, { share, soak, unit, approval }] of draft.steps.entries()) {
    const weight = parseShare(share)
    const count = /^\s*\d+\s*$/.test(soak) ? Number(soak) : Number.NaN
    if (weight === null || weight === 0) mistakes.push({ step: at, message: 'A step is a share above 0, up to 100 %.' })
    else if (weight <= (steps.at(-1)?.weight ?? 0)) {
      mistakes.push({ step: at, message: 'Each step reaches more people than the one before.' })
    }
    if (Number.isNaN(count)) mistakes.push({ step: at, message: 'A soak is a whole number.' })
    const size = SOAK_UNITS.find(([name]) => name === unit)?.[1] ?? 1
    steps.push({ weight: weight ?? 0, soakSeconds: count * size, approval })
  }
  if (steps.length === 0) mistakes.push({ step: null, message: 'A plan has at least one step.' })
  const { limited, days, from, to, timeZone } = draft.hours
  if (limited && days.length === 0) mistakes.push({ step: null, message: 'Choose a day of the week.' })
  if (limited && (!from || !to)) mistakes.push({ step: null, message: 'Say from when to when it may move.' })
  if (mistakes.length > 0) return { plan: null, mistakes }
  const plan: RampPlan = {
    mode: draft.mode,
    steps,
    startAt: draft.startAt ? new Date(draft.startAt).toISOString() : null,
    timeZone: limited ? timeZone : null,
    windows: limited ? [{ days, from, to }] : [],
  }
  return { plan, mistakes: [] }
}

/** What of a draft a template keeps; null while it is none. */
export function templateOf(draft: PlanDraft): RampTemplate['plan'] | null {
  const { plan } = readDraft(draft)
  if (!plan) return null
  const { mode, steps, timeZone, windows } = plan
  return { mode, steps, timeZone, windows }
}

/** "1, 5, 25": the shares of a plan in one field. */
export function sharesText(steps: StepDraft[]): string {
  return steps.map(({ share }) => share).join(', ')
}

/** Steps for shares typed in one field ("1, 5, 25"), each with the soak of all; the last one needs none. */
export function stepsFromText(text: string, soak: string, unit: SoakUnit): StepDraft[] {
  const shares = text.split(/[,;%\s]+/).filter(Boolean)
  return shares.map((share, at) => ({ share, soak: at === shares.length - 1 ? '0' : soak, unit, approval: false }))
}
