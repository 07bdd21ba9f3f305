import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, nextMove, type RampFacts, type RampPlan } from './ramp-plan.ts'

const NOW = new Date('2026-11-24T12:00:00Z')
const MINUTE = 60_000
const ago = (ms: number) => new Date(NOW.getTime() - ms)

const PLAN: RampPlan = {
  mode: 'timed',
  steps: [
    { weight: 5_000, soakSeconds: 600, approval: false },
    { weight: 25_000, soakSeconds: 600, approval: true },
    { weight: 100_000, soakSeconds: 0, approval: false },
  ],
  template: null,
  startAt: null,
  timeZone: null,
  windows: [],
}

function facts(changes: Partial<RampFacts> = {}, plan: Partial<RampPlan> = {}): RampFacts {
  return {
    plan: { ...PLAN, ...plan },
    state: 'running',
    holdReason: null,
    step: 0,
    soakingSince: ago(3 * MINUTE),
    soakedMs: 0,
    approvals: {},
    ...changes,
  }
}

describe('what a ramp does next', () => {
  it('waits for the rest of its soak, with what had passed before it was held', () => {
    expect(decide(facts(), NOW)).toEqual({ do: 'wait', at: new Date(NOW.getTime() + 7 * MINUTE) })
    const resumed = facts({ soakedMs: 5 * MINUTE })
    expect(decide(resumed, NOW)).toEqual({ do: 'wait', at: new Date(NOW.getTime() + 2 * MINUTE) })
    expect(nextMove(resumed, NOW)).toMatchObject({ does: 'step', weight: 25_000, at: null, waitsFor: 'approval' })
  })

  it('holds when the soak has passed and nobody has approved, and goes on when somebody has', () => {
    const soaked = facts({ soakingSince: ago(10 * MINUTE) })
    expect(decide(soaked, NOW)).toEqual({ do: 'hold', reason: 'approval' })
    const approved = { ...soaked, approvals: { 1: { by: 'Ada', at: NOW.toISOString() } } }
    expect(decide(approved, NOW)).toEqual({ do: 'step', step: 1 })
    expect(nextMove(approved, NOW).sentence).toBe('Next 25 %, now.')
  })

  it('takes one step however long it was away', () => {
    const after = facts({ step: 1, soakingSince: ago(30 * 24 * 60 * MINUTE) })
    expect(decide(after, NOW)).toEqual({ do: 'step', step: 2 })
  })

  it('is complete when its last soak has passed, also one of nothing', () => {
    expect(decide(facts({ step: 2, soakingSince: NOW }), NOW)).toEqual({ do: 'complete' })
  })

  it('waits for its start time, and does not wait for one that has passed', () => {
    const later = facts({ step: -1, soakingSince: null }, { startAt: '2026-11-24T13:00:00Z' })
    expect(decide(later, NOW)).toEqual({ do: 'wait', at: new Date('2026-11-24T13:00:00Z') })
    expect(nextMove(later, NOW)).toMatchObject({ weight: 5_000, at: '2026-11-24T13:00:00Z', waitsFor: 'start' })
    const past = facts({ step: -1, soakingSince: null }, { startAt: '2020-01-01T00:00:00Z' })
    expect(decide(past, NOW)).toEqual({ do: 'step', step: 0 })
  })

  it('waits for its window from the moment at which everything else has passed', () => {
    const windows = [{ days: ['thursday' as const], from: '09:00', to: '10:00' }]
    const approvals = { 1: { by: 'Ada', at: NOW.toISOString() } }
    const soaking = facts({ approvals }, { windows, timeZone: 'Europe/Zurich' })
    const thursday = '2026-11-26T08:00:00.000Z'
    expect(nextMove(soaking, NOW)).toMatchObject({ at: thursday, waitsFor: 'window' })
    const soaked = facts({ approvals, soakingSince: ago(11 * MINUTE) }, { windows, timeZone: 'Europe/Zurich' })
    expect(decide(soaked, NOW)).toEqual({ do: 'wait', at: new Date(thursday) })
    expect(decide(soaked, new Date(thursday))).toEqual({ do: 'step', step: 1 })
    expect(decide(soaked, new Date('2026-11-26T09:00:00Z'))).toMatchObject({ do: 'wait' })
  })

  it('waits for people in a ramp by hand, also where a step needs an approval', () => {
    const manual = facts({ soakingSince: ago(11 * MINUTE) }, { mode: 'manual' })
    expect(decide(manual, NOW)).toEqual({ do: 'wait', at: null })
    expect(nextMove(manual, NOW)).toMatchObject({ at: null, waitsFor: 'person' })
  })

  it('is nothing unless it runs, and the sentence says what it waits for', () => {
    for (const [state, words] of [
      ['draft', /starts it/],
      ['rolled_back', /acknowledges/],
      ['cancelled', /cancelled/],
      ['completed', /complete/],
    ] as const) {
      const still = facts({ state, soakingSince: ago(60 * MINUTE) })
      expect(decide(still, NOW)).toEqual({ do: 'wait', at: null })
      expect(nextMove(still, NOW)).toMatchObject({ does: 'nothing', at: null, sentence: expect.stringMatching(words) })
    }
    expect(nextMove(facts({ state: 'holding', holdReason: 'killed' }), NOW).sentence).toMatch(/kill/)
    expect(nextMove(facts({ state: 'holding', holdReason: 'approval' }), NOW).sentence).toMatch(/approval of 25 %/)
  })
})

describe('law of ramps', () => {
  const anyFacts = fc.record({
    step: fc.integer({ min: -1, max: 2 }),
    soaked: fc.integer({ min: 0, max: 1200 }),
    since: fc.option(fc.integer({ min: 0, max: 1200 }), { nil: null }),
    approved: fc.boolean(),
    mode: fc.constantFrom('timed' as const, 'manual' as const),
    windowed: fc.boolean(),
  })

  it('whatever it waits for, asking again at that time never waits for an earlier one, and always ends', () => {
    fc.assert(
      fc.property(anyFacts, ({ step, soaked, since, approved, mode, windowed }) => {
        const windows = windowed ? [{ days: ['monday' as const, 'friday' as const], from: '22:00', to: '02:00' }] : []
        const it = facts(
          {
            step,
            soakedMs: soaked * 1000,
            soakingSince: step < 0 ? null : ago((since ?? 0) * 1000),
            approvals: approved ? { 1: { by: 'Ada', at: NOW.toISOString() } } : {},
          },
          { mode, windows, timeZone: windowed ? 'America/New_York' : null },
        )
        // Moments at which it wants to be asked again, until it does something or waits for a person.
        const asked = [NOW]
        let decision = decide(it, NOW)
        while (decision.do === 'wait' && decision.at !== null && asked.length < 5) {
          asked.push(decision.at)
          decision = decide(it, decision.at)
        }
        expect(asked.length).toBeLessThan(5)
        expect(asked.map(Number)).toEqual([...new Set(asked.map(Number))].sort((a, b) => a - b))
        // Never more than one step at once.
        expect(decision.do === 'step' ? decision.step : step + 1).toBe(step + 1)
      }),
    )
  })
})
