import { describe, expect, test } from 'vitest'
import { exposedShare, type Condition, flagState, type Rollout, type Rule, type StatedFlag } from '../src/index.ts'
import { FLAG, flagOf, servedTo, share } from './flags.ts'

const stated = (changes: Partial<StatedFlag>): StatedFlag => ({ ...FLAG, ...changes })
const pro: Condition = { op: 'in', attribute: 'plan', values: ['pro'] }
const rule = (conditions: Condition[], serve: Rule['serve']): Rule => ({ id: 'r', conditions, serve })
const rollout = (weight: number, more: Partial<Rollout> = {}) => ({
  rollout: { weight, split: [{ variant: 'on', weight: 100_000 }], ...more },
})

describe('flagState', () => {
  test('gives the first that is true, in this order', () => {
    const all = { killed: true, held: true, rampRunning: true, on: false, defaultServe: share(25_000) }
    expect(flagState(stated(all))).toBe('killed')
    expect(flagState(stated({ ...all, killed: false }))).toBe('held')
    expect(flagState(stated({ ...all, killed: false, held: false }))).toBe('ramping')
    expect(flagState(stated({ ...all, killed: false, held: false, rampRunning: false }))).toBe('off')
    expect(flagState(stated({ defaultServe: share(25_000) }))).toBe('ramping')
    expect(flagState(stated({ defaultServe: share(0) }))).toBe('dark')
    expect(flagState(stated({ defaultServe: share(100_000) }))).toBe('on')
    expect(flagState(stated({ defaultServe: { variant: 'off' } }))).toBe('dark')
    expect(flagState(stated({ defaultServe: { variant: 'on' } }))).toBe('on')
  })

  test('is not dark when a target or a rule exposes somebody', () => {
    expect(flagState(stated({ targets: [{ variant: 'on', keys: ['ada'] }] }))).toBe('on')
    expect(
      flagState(
        stated({
          targets: [
            { variant: 'on', keys: [] },
            { variant: 'off', keys: ['ada'] },
          ],
        }),
      ),
    ).toBe('dark')
    expect(flagState(stated({ rules: [rule([pro], { variant: 'on' })] }))).toBe('on')
    expect(flagState(stated({ rules: [rule([pro], share(10))] }))).toBe('ramping')
  })

  test('does not look behind a rule that answers everybody', () => {
    expect(flagState(stated({ rules: [rule([], { variant: 'off' })], defaultServe: share(50_000) }))).toBe('dark')
    expect(flagState(stated({ rules: [rule([], { variant: 'on' })], defaultServe: share(50_000) }))).toBe('on')
  })
})

describe('exposedShare', () => {
  test('is the share of the default rule, 0 while off or killed', () => {
    expect(exposedShare(stated({ defaultServe: share(25_000) }))).toBe(25_000)
    expect(exposedShare(stated({ defaultServe: { variant: 'on' } }))).toBe(100_000)
    expect(exposedShare(stated({ defaultServe: share(25_000), on: false }))).toBe(0)
    expect(exposedShare(stated({ defaultServe: share(25_000), killed: true }))).toBe(0)
    expect(exposedShare(stated({ rules: [rule([pro], { variant: 'on' })] }))).toBe(0)
  })

  test('leaves out the parts of a split that are the control or the off variant', () => {
    const split = [
      { variant: 'on', weight: 40_000 },
      { variant: 'off', weight: 60_000 },
    ]
    expect(exposedShare(stated({ defaultServe: rollout(50_000, { split }) }))).toBe(20_000)
    expect(exposedShare(stated({ defaultServe: rollout(50_000, { control: 'on' }) }))).toBe(0)
  })

  test('agrees with what people get: shares nest under one salt and multiply under two', () => {
    const next = (weight: number, more: Partial<Rollout> = {}) =>
      rule([], rollout(weight, { otherwise: 'next', ...more }))
    const cases: [Rule[], StatedFlag['defaultServe']][] = [
      [[next(25_000)], share(50_000)],
      [[next(50_000)], share(25_000)],
      [[next(25_000, { salt: 'other' })], share(50_000)],
      [[next(25_000), next(40_000, { salt: 'other' })], share(50_000)],
      [[rule([], share(30_000))], { variant: 'on' }],
      [[next(100_000)], { variant: 'off' }],
    ]
    for (const [rules, defaultServe] of cases) {
      const flag = flagOf({ rules, defaultServe })
      let exposed = 0
      for (let i = 0; i < 20_000; i++) if (servedTo(flag, i) === 'on') exposed++
      expect(Math.abs(exposedShare(stated({ rules, defaultServe })) / 100_000 - exposed / 20_000)).toBeLessThan(0.012)
    }
  })
})
