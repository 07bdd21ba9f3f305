import { describe, expect, it } from 'vitest'
import { type FlagLife, judgeStaleness } from './judge-staleness.ts'

const NOW = new Date('2026-11-24T12:00:00Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 24 * 60 * 60 * 1000)

type Served = FlagLife['served'][number]

const rollout = (weight: number): Served['defaultServe'] => ({
  rollout: { weight, split: [{ variant: 'on', weight: 100_000 }] },
})

function served(fields: Partial<Served> = {}): Served {
  const base = { on: true, offVariant: 'off', targets: [], rules: [], killed: false, changedAt: daysAgo(20) }
  return { ...base, defaultServe: rollout(100_000), ...fields }
}

function life(fields: Partial<FlagLife> = {}): FlagLife {
  return {
    key: 'new-checkout',
    kind: 'release',
    expectedDays: 40,
    createdAt: daysAgo(35),
    lastEvaluatedAt: daysAgo(0),
    served: [served()],
    ...fields,
  }
}

const reasonOf = (fields: Partial<FlagLife>) => judgeStaleness(life(fields), NOW)?.reason

describe('a flag is stale', () => {
  it('when everybody has had the same for two weeks', () => {
    expect(judgeStaleness(life(), NOW)).toEqual({
      reason: 'decided',
      since: daysAgo(20),
      sentence:
        'Everybody has gotten on for 20 days: delete the old path and the check from the code, then archive it.',
    })
  })

  it.each([
    ['off', served({ on: false })],
    ['killed', served({ killed: true })],
    ['dark', served({ defaultServe: rollout(0) })],
  ])('when nobody has gotten it for two weeks: %s', (_, configuration) => {
    expect(reasonOf({ served: [configuration] })).toBe('abandoned')
  })

  it('when nobody asks for it any more, whatever its kind', () => {
    expect(reasonOf({ kind: 'ops', expectedDays: null, lastEvaluatedAt: daysAgo(30) })).toBe('unused')
    expect(judgeStaleness(life({ createdAt: daysAgo(31), lastEvaluatedAt: null }), NOW)?.sentence).toBe(
      'No application has ever asked for it in 31 days: its code is gone, or never came. Archive it.',
    )
  })

  it('when it outlives what was expected', () => {
    const fields = { createdAt: daysAgo(41), served: [served({ defaultServe: rollout(25_000) })] }
    expect(reasonOf(fields)).toBe('overdue')
    expect(reasonOf({ ...fields, expectedDays: 41 })).toBeUndefined()
    expect(reasonOf({ ...fields, expectedDays: null })).toBeUndefined()
  })
})

describe('a flag is alive', () => {
  it.each<[string, Partial<FlagLife>]>([
    ['while it is decided for less than two weeks', { served: [served({ changedAt: daysAgo(13) })] }],
    ['while people are divided', { served: [served({ defaultServe: rollout(50_000) })] }],
    ['while somebody is targeted', { served: [served({ targets: [{ variant: 'off', keys: ['ann'] }] })] }],
    [
      'while a rule gives some people another variant',
      { served: [served({ rules: [{ id: 'r', conditions: [], serve: { variant: 'off' } }] })] },
    ],
    ['while two production environments differ', { served: [served(), served({ on: false })] }],
    ['as a switch of operators', { kind: 'ops', expectedDays: null }],
    ['while it has been asked for in the last month', { lastEvaluatedAt: daysAgo(29), served: [] }],
  ])('%s', (_, fields) => {
    expect(reasonOf(fields)).toBeUndefined()
  })
})
