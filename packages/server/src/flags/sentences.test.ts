import type { Rule } from '@rampart/evaluation'
import { describe, expect, it } from 'vitest'
import type { Editable } from './configuration.schemas.ts'
import { describeEdit } from './sentences.ts'

const rollout = (weight: number, more = {}) => ({
  rollout: { weight, split: [{ variant: 'on', weight: 100_000 }], ...more },
})
const rule = (id: string, weight: number, more = {}): Rule => ({ id, conditions: [], serve: rollout(weight), ...more })
const base: Editable = {
  on: true,
  offVariant: 'off',
  prerequisites: [],
  targets: [],
  rules: [],
  defaultServe: rollout(5000),
}

function sentence(change: Partial<Editable>, before: Partial<Editable> = {}): string {
  const from = { ...base, ...before }
  return describeEdit('checkout', 'production', from, { ...from, ...change })
}

describe('sentences of the history', () => {
  it.each<[string, string]>([
    ['ramped checkout in production from 5 % to 25 %', sentence({ defaultServe: rollout(25_000) })],
    ['ramped checkout in production from 5 % to 0.001 %', sentence({ defaultServe: rollout(1) })],
    ['turned off checkout in production', sentence({ on: false })],
    [
      'turned on checkout in production and ramped it from 0 % to 5 %',
      sentence({ on: true, defaultServe: rollout(5000) }, { on: false, defaultServe: rollout(0) }),
    ],
    ['set checkout in production to serve on to everybody', sentence({ defaultServe: { variant: 'on' } })],
    [
      'set checkout in production to serve on to 50 %',
      sentence({ defaultServe: rollout(50_000) }, { defaultServe: { variant: 'on' } }),
    ],
    [
      'split checkout in production into a 60 %, b 40 %',
      sentence({
        defaultServe: rollout(5000, {
          split: [
            { variant: 'a', weight: 60_000 },
            { variant: 'b', weight: 40_000 },
          ],
        }),
      }),
    ],
    [
      'changed how people are chosen for checkout in production',
      sentence({ defaultServe: rollout(5000, { bucketBy: 'company' }) }),
    ],
    ['changed the off variant of checkout in production from off to on', sentence({ offVariant: 'on' })],
    ['targeted 2 people in checkout in production', sentence({ targets: [{ variant: 'on', keys: ['a', 'b'] }] })],
    [
      'targeted 1 person in checkout in production and stopped targeting 2 people in it',
      sentence({ targets: [{ variant: 'on', keys: ['c'] }] }, { targets: [{ variant: 'on', keys: ['a', 'b'] }] }),
    ],
    [
      'gave 1 person another variant of checkout in production',
      sentence({ targets: [{ variant: 'off', keys: ['a'] }] }, { targets: [{ variant: 'on', keys: ['a'] }] }),
    ],
    [
      'added the rule "beta testers" to checkout in production',
      sentence({ rules: [rule('r1', 0, { description: 'beta testers' })] }),
    ],
    ['removed the rule "r1" from checkout in production', sentence({ rules: [] }, { rules: [rule('r1', 0)] })],
    [
      'ramped the rule "r1" of checkout in production from 5 % to 10 %',
      sentence({ rules: [rule('r1', 10_000)] }, { rules: [rule('r1', 5000)] }),
    ],
    [
      'changed the rule "r1" of checkout in production',
      sentence({ rules: [rule('r1', 10_000, { description: 'r1' })] }, { rules: [rule('r1', 5000)] }),
    ],
    [
      'reordered the rules of checkout in production',
      sentence({ rules: [rule('r2', 0), rule('r1', 0)] }, { rules: [rule('r1', 0), rule('r2', 0)] }),
    ],
  ])('%s', (expected, actual) => {
    expect(actual).toBe(expected)
  })
})
