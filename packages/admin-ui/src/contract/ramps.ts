// Ramps: plans, steps, and what comes next.

export type RampState = 'draft' | 'running' | 'holding' | 'rolled_back' | 'completed' | 'cancelled'

export type RampVerb =
  | 'plan'
  | 'start'
  | 'pause'
  | 'resume'
  | 'advance'
  | 'approve'
  | 'rollback'
  | 'acknowledge'
  | 'cancel'

export interface NextMove {
  does: 'step' | 'complete' | 'nothing'
  step: number | null
  weight: number | null
  at: string | null
  waitsFor: 'start' | 'soak' | 'person' | 'approval' | 'window' | null
  sentence: string
}

/** What a line of a list says about a ramp. */
export interface RampBrief {
  state: RampState
  holdReason: 'paused' | 'killed' | 'approval' | 'acknowledged' | 'failed' | null
  step: number
  stepCount: number
  weight: number
  next: NextMove
}

export interface RampLine extends RampBrief {
  flag: string
  environment: string
  rule: string | null
  startedAt: string | null
}

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'

export interface RampWindow {
  days: Weekday[]
  from: string
  to: string
}

export interface PlannedStep {
  weight: number
  soakSeconds: number
  approval: boolean
}

export interface RampPlan {
  mode: 'timed' | 'manual'
  steps: PlannedStep[]
  startAt: string | null
  timeZone: string | null
  windows: RampWindow[]
}

export interface RampStep extends PlannedStep {
  status: 'done' | 'here' | 'ahead'
  reachedAt: string | null
  approvedBy: string | null
}

interface RampMove {
  seq: number
  at: string
  event: string
  weight: number
  by: string
  sentence: string
  reason: string | null
  evidence: { gate: string; passed: boolean; sentence: string }[]
}

export interface Ramp extends RampLine {
  id: string
  holdNote: string | null
  plan: RampPlan & { template: string | null }
  steps: RampStep[]
  soakEndsAt: string | null
  can: RampVerb[]
  history: RampMove[]
  createdAt: string
  createdBy: string
  endedAt: string | null
}

/** What is asked for when a ramp is planned. */
export interface NewRamp extends RampPlan {
  rule?: string
  reason?: string
}

export interface RampTemplate {
  name: string
  description: string
  builtIn: boolean
  plan: Omit<RampPlan, 'startAt'>
}
