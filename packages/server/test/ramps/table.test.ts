// Made from the table itself: every cell is tried through the API.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { advanceDueRamp } from '../../src/ramps/advance-due-ramp.ts'
import {
  PERSON_EVENTS,
  type PersonEvent,
  RAMP_STATES,
  RAMP_TABLE,
  type RampState,
} from '../../src/ramps/ramp-states.ts'
import { createTestApp, type TestApp } from '../harness.ts'
import { bringTo, givenFlag, letPass, STEPS } from './given.ts'

/** What makes a cell's precondition true, where the plain request does not. */
const BODIES: Partial<Record<PersonEvent, unknown>> = { plan: { steps: STEPS } }

describe('every cell of the table of ramps', () => {
  let app: TestApp
  let count = 0
  beforeAll(async () => {
    app = await createTestApp('postgres')
  })
  afterAll(() => app?.close())

  /** Ramps of other tests may be due as well. */
  const moveAllDue = async () => {
    while (await advanceDueRamp(app.store.db));
  }

  const given = async (state: RampState) => {
    const ramp = await givenFlag(app.api, `flag-${++count}`)
    await bringTo(ramp, state, moveAllDue)
    return ramp
  }

  const cells = RAMP_STATES.flatMap((state) => PERSON_EVENTS.map((event) => ({ state, event })))
  it.each(cells)('$state, $event', async ({ state, event }) => {
    const ramp = await given(state)
    if (state === 'holding' && (event === 'approve' || event === 'pause')) {
      // Held for an approval: approving asks for it, and pausing once more would change nothing.
      await ramp.post('resume')
      await letPass(app.store.db, ramp.key, 3600)
      await moveAllDue()
    }
    const before = await ramp.read()
    expect(before).toMatchObject({ state })
    const cell = RAMP_TABLE[state][event]
    const isPossible = !('refused' in cell)
    expect((before['can'] as string[]).includes(event)).toBe(isPossible)

    const answer = await ramp.post(event === 'plan' ? '' : event, BODIES[event] ?? { reason: 'trying' })
    expect(answer).toMatchObject(expectedOf(state, event))
    // A refusal leaves everything as it was; a move is the last one of the history.
    const after = (await ramp.read())['history'] as unknown[]
    const moves = isNew(state, event) ? 1 : (before['history'] as unknown[]).length + (isPossible ? 1 : 0)
    expect(after).toHaveLength(moves)
  })

  it.each(RAMP_STATES)('%s: what time alone does', async (state) => {
    const ramp = await given(state)
    await letPass(app.store.db, ramp.key, 3600)
    await moveAllDue()
    // The next step needs an approval.
    const expected = state === 'running' ? { state: 'holding', holdReason: 'approval' } : { state }
    expect(await ramp.read()).toMatchObject(expected)
  })
})

/** Planning when one is over makes another ramp. */
function isNew(state: RampState, event: PersonEvent): boolean {
  return event === 'plan' && (state === 'completed' || state === 'cancelled')
}

function expectedOf(state: RampState, event: PersonEvent) {
  const cell = RAMP_TABLE[state][event]
  if (isNew(state, event)) return { status: 201, state: 'draft' }
  if ('refused' in cell) return { status: 409, error: { code: 'RAMP_STATE', message: cell.refused } }
  return { status: event === 'plan' ? 201 : 200, state: cell.to }
}
