// Ramps of the small shop, shaped as docs/http-api.md says.
import type { Ramp, RampLine, RampTemplate } from '../src/contract.ts'
import { NOW } from './fixtures.ts'

const minutes = (count: number) => new Date(NOW + count * 60_000).toISOString()
const HOUR = 3600

/** At 25 % since ten minutes, next 50 % in 38. */
export function ramp(part: Partial<Ramp> = {}): Ramp {
  const steps = [
    { weight: 1_000, soakSeconds: HOUR, approval: false },
    { weight: 5_000, soakSeconds: HOUR, approval: false },
    { weight: 25_000, soakSeconds: 48 * 60, approval: false },
    { weight: 50_000, soakSeconds: 24 * HOUR, approval: false },
    { weight: 100_000, soakSeconds: 0, approval: true },
  ]
  return {
    id: 'ramp-1',
    flag: 'new-checkout',
    environment: 'production',
    rule: null,
    state: 'running',
    holdReason: null,
    holdNote: null,
    step: 2,
    stepCount: 5,
    weight: 25_000,
    next: {
      does: 'step',
      step: 3,
      weight: 50_000,
      at: minutes(38),
      waitsFor: 'soak',
      sentence: 'Next 50 %. 25 % soaks for 48 min.',
    },
    plan: { mode: 'timed', template: null, startAt: null, timeZone: null, windows: [], steps },
    steps: steps.map((step, at) => ({
      ...step,
      status: at < 2 ? 'done' : at === 2 ? 'here' : 'ahead',
      reachedAt: at <= 2 ? minutes((at - 2) * 60 - 10) : null,
      approvedBy: null,
    })),
    soakEndsAt: minutes(38),
    can: ['pause', 'advance', 'approve', 'rollback', 'cancel'],
    history: [
      {
        seq: 1,
        at: minutes(-131),
        event: 'plan',
        weight: 0,
        by: 'Ada',
        sentence: 'planned a ramp of new-checkout in production: 1 %, 5 %, 25 %, 50 %, 100 %',
        reason: null,
        evidence: [],
      },
      {
        seq: 2,
        at: minutes(-10),
        event: 'step',
        weight: 25_000,
        by: 'ramp',
        sentence: 'ramped new-checkout in production from 5 % to 25 %',
        reason: null,
        evidence: [{ gate: 'soak', passed: true, sentence: '5 % has been served for its 1 h.' }],
      },
    ],
    startedAt: minutes(-130),
    createdAt: minutes(-131),
    createdBy: 'Ada',
    endedAt: null,
    ...part,
  }
}

/** Stands still, for a reason. */
export function heldRamp(holdReason: Ramp['holdReason'], part: Partial<Ramp> = {}): Ramp {
  const sentence =
    holdReason === 'approval' ? 'It waits for an approval of 50 %.' : 'It is paused until somebody resumes it.'
  return ramp({
    state: 'holding',
    holdReason,
    next: { does: 'nothing', step: null, weight: null, at: null, waitsFor: null, sentence },
    soakEndsAt: null,
    can: ['pause', 'resume', 'advance', 'approve', 'rollback', 'cancel'],
    ...part,
  })
}

export function rampLine(part: Partial<RampLine> = {}): RampLine {
  const { flag, environment, rule, state, holdReason, step, stepCount, weight, next, startedAt } = ramp()
  return { flag, environment, rule, state, holdReason, step, stepCount, weight, next, startedAt, ...part }
}

export const TEMPLATES: RampTemplate[] = [
  {
    name: 'standard',
    description: '1, 5, 25, 50, 100 % with an hour each',
    builtIn: true,
    plan: {
      mode: 'timed',
      timeZone: null,
      windows: [],
      steps: [1_000, 5_000, 25_000, 50_000, 100_000].map((weight) => ({
        weight,
        soakSeconds: weight === 100_000 ? 0 : HOUR,
        approval: false,
      })),
    },
  },
  {
    name: 'careful',
    description: 'with approvals',
    builtIn: true,
    plan: {
      mode: 'timed',
      timeZone: null,
      windows: [],
      steps: [
        { weight: 1_000, soakSeconds: 86_400, approval: false },
        { weight: 100_000, soakSeconds: 0, approval: true },
      ],
    },
  },
]
