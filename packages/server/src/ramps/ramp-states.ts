// The life of a ramp, whole. docs/ramps.md shows the same table to people; a test compares the two and tries every cell.

/** Unfinished ones hold their flag and environment: there is at most one of them. */
export const RAMP_STATES = ['draft', 'running', 'holding', 'rolled_back', 'completed', 'cancelled'] as const
export type RampState = (typeof RAMP_STATES)[number]

export const UNFINISHED_STATES = ['draft', 'running', 'holding', 'rolled_back'] as const satisfies RampState[]

/** Why a ramp stands still. */
export const HOLD_REASONS = [
  /** A person paused it. */
  'paused',
  /** The flag was killed; after the restore it waits for a person. */
  'killed',
  /** Its next step needs an approval that nobody has given yet. */
  'approval',
  /** It was rolled back, and somebody has seen that. */
  'acknowledged',
  /** Its next step was refused; the note says why. */
  'failed',
] as const
export type HoldReason = (typeof HOLD_REASONS)[number]

/** What a person does, by a route of the same name. */
export const PERSON_EVENTS = [
  'plan',
  'start',
  'pause',
  'resume',
  'advance',
  'approve',
  'rollback',
  'acknowledge',
  'cancel',
] as const
/** What the ramp does by itself. */
export const RAMP_EVENTS = ['step', 'hold', 'complete'] as const

export type PersonEvent = (typeof PERSON_EVENTS)[number]
export type RampEvent = PersonEvent | (typeof RAMP_EVENTS)[number]

export interface Transition {
  to: RampState
  by: 'person' | 'ramp'
  /** What must hold besides, in words; null for nothing. Its command checks it. */
  needs: string | null
}

/** Why an event does nothing in a state, and what to do instead: the end of the refusal that people read. */
export interface Refusal {
  refused: string
}

const person = (to: RampState, needs: string | null = null): Transition => ({ to, by: 'person', needs })
const ramp = (to: RampState, needs: string): Transition => ({ to, by: 'ramp', needs })
const no = (refused: string): Refusal => ({ refused })

const OVER = no('It is over. Plan another one.')
const NOT_STARTED = no('It has not been started.')
const SEEN_FIRST = no('It was rolled back. Acknowledge that first, or cancel it.')
const RUNS_ONLY = no('Only a running ramp does this by itself.')

const higherStep = 'a later step of the plan, the flag not killed'
const rolloutThere = 'the flag not killed, its rollout still there'
const lower = 'a smaller share than the present one: an earlier step, or 0 %'

/** Every state and every event, no gaps: what does not happen says so. */
export const RAMP_TABLE: Record<RampState, Record<RampEvent, Transition | Refusal>> = {
  draft: {
    plan: person('draft', 'a valid plan for a rollout of the flag; it replaces the draft'),
    start: person('running', 'the flag not killed, a step above the share that is served now'),
    pause: NOT_STARTED,
    resume: NOT_STARTED,
    advance: NOT_STARTED,
    approve: NOT_STARTED,
    rollback: NOT_STARTED,
    acknowledge: NOT_STARTED,
    cancel: person('cancelled'),
    step: RUNS_ONLY,
    hold: RUNS_ONLY,
    complete: RUNS_ONLY,
  },
  running: {
    plan: no('It is running. Cancel it before you plan another one.'),
    start: no('It is running already.'),
    pause: person('holding'),
    resume: no('It is running already.'),
    advance: person('running', higherStep),
    approve: person('running', 'a later step that needs an approval and has none'),
    rollback: person('rolled_back', lower),
    acknowledge: no('There is nothing to acknowledge: it is running.'),
    cancel: person('cancelled'),
    step: ramp('running', 'start time, soak, approval and window passed'),
    hold: ramp('holding', 'an approval is missing, the flag was killed, or the step was refused'),
    complete: ramp('completed', 'the soak of the last step passed'),
  },
  holding: {
    plan: no('It is held. Resume it, or cancel it before you plan another one.'),
    start: no('It has been started before. Resume it.'),
    pause: person('holding'),
    resume: person('running', rolloutThere),
    advance: person('running', higherStep),
    approve: person('running', 'it is held for this approval, the flag not killed'),
    rollback: person('rolled_back', lower),
    acknowledge: no('There is nothing to acknowledge. Resume it, roll it back or cancel it.'),
    cancel: person('cancelled'),
    step: RUNS_ONLY,
    hold: RUNS_ONLY,
    complete: RUNS_ONLY,
  },
  rolled_back: {
    plan: SEEN_FIRST,
    start: SEEN_FIRST,
    pause: no('It stands still already: it was rolled back.'),
    resume: SEEN_FIRST,
    advance: SEEN_FIRST,
    approve: SEEN_FIRST,
    rollback: person('rolled_back', lower),
    acknowledge: person('holding'),
    cancel: person('cancelled'),
    step: RUNS_ONLY,
    hold: RUNS_ONLY,
    complete: RUNS_ONLY,
  },
  completed: everyEvent(OVER),
  cancelled: everyEvent(OVER),
}

function everyEvent(refusal: Refusal): Record<RampEvent, Refusal> {
  return {
    plan: refusal,
    start: refusal,
    pause: refusal,
    resume: refusal,
    advance: refusal,
    approve: refusal,
    rollback: refusal,
    acknowledge: refusal,
    cancel: refusal,
    step: refusal,
    hold: refusal,
    complete: refusal,
  }
}
