import { describe, expect, test } from 'vitest'
import {
  type Condition,
  compileSnapshot,
  decide,
  type Evaluation,
  evaluate,
  type FlagDocument,
  type User,
} from '../src/index.ts'
import { flagOf, ruleOf, servedTo, share, snapshotOf } from './flags.ts'

const pro: Condition = { op: 'in', attribute: 'plan', values: ['pro'] }

function explain(flag: Partial<FlagDocument>, user: User, others: Partial<FlagDocument>[] = []): Evaluation {
  return evaluate(compileSnapshot(snapshotOf([flag, ...others])), 'checkout', user, 'mine')
}

describe('the order of evaluation', () => {
  const everything: Partial<FlagDocument> = {
    killed: true,
    on: false,
    prerequisites: [{ flag: 'base', variants: ['on'] }],
    targets: [{ variant: 'on', keys: ['ada'] }],
    rules: [ruleOf(pro)],
    defaultServe: share(100_000),
  }
  const base = { key: 'base', defaultServe: { variant: 'on' } }
  const unmet = { key: 'base', defaultServe: { variant: 'off' } }

  test('an unknown flag gives the caller its default', () => {
    const answer = evaluate(compileSnapshot(snapshotOf([])), 'checkout', 'ada', 'mine')
    expect(answer).toMatchObject({ value: 'mine', reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND', revision: 7 })
    expect(answer.variant).toBeUndefined()
  })

  test('killed comes before all else', () => {
    expect(explain(everything, 'ada', [unmet])).toEqual({
      value: false,
      variant: 'off',
      enabled: false,
      reason: 'DISABLED',
      metadata: { killed: true },
      allocation: 1,
      revision: 7,
    })
  })

  test('off comes before prerequisites', () => {
    const answer = explain({ ...everything, killed: false }, 'ada', [unmet])
    expect(answer).toMatchObject({ variant: 'off', reason: 'DISABLED', metadata: { off: true } })
  })

  test('an unmet prerequisite comes before targets', () => {
    const answer = explain({ ...everything, killed: false, on: true }, 'ada', [unmet])
    expect(answer).toMatchObject({ variant: 'off', reason: 'DISABLED', metadata: { prerequisite: 'base' } })
  })

  test('a target comes before rules', () => {
    const answer = explain(
      { ...everything, killed: false, on: true, rules: [{ ...ruleOf(), serve: { variant: 'off' } }] },
      'ada',
      [base],
    )
    expect(answer).toMatchObject({ value: true, variant: 'on', reason: 'TARGETING_MATCH' })
    expect(answer.ruleId).toBeUndefined()
  })

  test('the first target that lists a key wins, and no target can list a user without one', () => {
    const targets = [
      { variant: 'on', keys: ['ada', ''] },
      { variant: 'off', keys: ['ada', 'bob'] },
    ]
    const flag = { targets, defaultServe: { variant: 'off' } }
    expect(explain(flag, 'ada')).toMatchObject({ variant: 'on', reason: 'TARGETING_MATCH' })
    expect(explain(flag, 'bob')).toMatchObject({ variant: 'off', reason: 'TARGETING_MATCH' })
    expect(explain(flag, '')).toMatchObject({ variant: 'off', reason: 'DEFAULT' })
  })

  test('the first matching rule comes before later ones and the default', () => {
    const second = { ...ruleOf(), id: 'r2', serve: { variant: 'off' } }
    const flag = { rules: [ruleOf(pro), second], defaultServe: { variant: 'off' } }
    expect(explain(flag, { key: 'ada', plan: 'pro' })).toMatchObject({
      variant: 'on',
      reason: 'TARGETING_MATCH',
      ruleId: 'r1',
    })
    expect(explain(flag, { key: 'ada', plan: 'free' })).toMatchObject({ variant: 'off', ruleId: 'r2' })
  })

  test('the default rule says whether anything else could have answered', () => {
    expect(explain({ defaultServe: { variant: 'on' } }, 'ada')).toMatchObject({ variant: 'on', reason: 'STATIC' })
    expect(explain({ rules: [ruleOf(pro)], defaultServe: { variant: 'on' } }, 'ada')).toMatchObject({
      reason: 'DEFAULT',
    })
    expect(
      explain({ targets: [{ variant: 'off', keys: ['bob'] }], defaultServe: { variant: 'on' } }, 'ada'),
    ).toMatchObject({
      reason: 'DEFAULT',
    })
  })
})

describe('rollouts', () => {
  test('in or out, the reason is SPLIT, with bucket and weight', () => {
    // The vectors give user-1 the bucket 73 432 under the salt `checkout`.
    expect(explain({ defaultServe: share(73_433) }, 'user-1')).toMatchObject({
      variant: 'on',
      reason: 'SPLIT',
      bucket: 73_432,
      weight: 73_433,
    })
    expect(explain({ defaultServe: share(73_432) }, 'user-1')).toMatchObject({
      variant: 'off',
      reason: 'SPLIT',
      bucket: 73_432,
      weight: 73_432,
    })
  })

  test('otherwise next passes those outside on, and the default rule has nowhere to pass to', () => {
    const next = {
      rollout: { weight: 73_432, split: [{ variant: 'on', weight: 100_000 }], otherwise: 'next' as const },
    }
    const rule = { id: 'r1', conditions: [], serve: next }
    expect(explain({ rules: [rule], defaultServe: { variant: 'on' } }, 'user-1')).toMatchObject({
      variant: 'on',
      reason: 'DEFAULT',
    })
    expect(explain({ defaultServe: next }, 'user-1')).toMatchObject({ variant: 'off', reason: 'SPLIT' })
  })

  test('those outside get the control', () => {
    const flag = flagOf({
      type: 'string',
      variants: ['none', 'old', 'new'].map((name) => ({ name, value: name })),
      offVariant: 'none',
      defaultServe: { rollout: { weight: 0, control: 'old', split: [{ variant: 'new', weight: 100_000 }] } },
    })
    expect(servedTo(flag, 'ada')).toBe('old')
  })

  test('bucketBy hashes an attribute in place of the key', () => {
    const split = [{ variant: 'on', weight: 100_000 }]
    const flag = { defaultServe: { rollout: { bucketBy: 'org.id', weight: 50_000, split } } }
    expect(explain(flag, { key: 'ada', org: { id: 'user-1' } })).toMatchObject({ variant: 'off', bucket: 73_432 })
    // The same bucket for the number 7 and its decimal text: the vectors give 59 011.
    expect(explain(flag, { org: { id: 7 } })).toMatchObject({ bucket: 59_011 })
    expect(explain(flag, { key: 'ada' })).toMatchObject({
      variant: 'off',
      reason: 'ERROR',
      errorCode: 'TARGETING_KEY_MISSING',
    })
  })
})

describe('a user without key', () => {
  const nobodies: User[] = [
    null,
    undefined,
    '',
    Number.NaN,
    3.5,
    2 ** 53,
    {},
    { key: '' },
    { key: null },
    { key: {} },
    { key: 1.5 },
    true as never,
    Symbol('x') as never,
  ]

  test('gets the control and TARGETING_KEY_MISSING from whatever needs a bucket', () => {
    for (const user of nobodies) {
      const answer = explain({ defaultServe: share(99_999) }, user)
      expect(answer).toMatchObject({
        value: false,
        variant: 'off',
        reason: 'ERROR',
        errorCode: 'TARGETING_KEY_MISSING',
      })
      expect(answer.bucket).toBeUndefined()
    }
  })

  test('is still nobody at 0 and everybody at 100 000, when there is one variant', () => {
    for (const user of nobodies) {
      expect(explain({ defaultServe: share(0) }, user)).toMatchObject({ variant: 'off', reason: 'SPLIT' })
      expect(explain({ defaultServe: share(100_000) }, user)).toMatchObject({ variant: 'on', reason: 'SPLIT' })
      const split = [
        { variant: 'on', weight: 50_000 },
        { variant: 'off', weight: 50_000 },
      ]
      expect(explain({ defaultServe: { rollout: { weight: 100_000, split } } }, user)).toMatchObject({
        errorCode: 'TARGETING_KEY_MISSING',
      })
    }
  })

  test('is passed on by otherwise next', () => {
    const rollout = { weight: 50_000, split: [{ variant: 'on', weight: 100_000 }], otherwise: 'next' as const }
    const flag = { rules: [{ id: 'r1', conditions: [], serve: { rollout } }], defaultServe: { variant: 'off' } }
    expect(explain(flag, {})).toMatchObject({ variant: 'off', reason: 'DEFAULT' })
  })

  test('may be an id, a number, key or targetingKey; key wins', () => {
    const flag = { defaultServe: share(50_000) }
    for (const user of [
      '7',
      7,
      { key: '7' },
      { key: 7 },
      { targetingKey: 7 },
      { key: 7, targetingKey: 'other' },
      { key: null, targetingKey: '7' },
    ]) {
      expect(explain(flag, user).bucket).toBe(59_011)
    }
  })
})

describe('isEnabled', () => {
  const shades = {
    type: 'string' as const,
    variants: ['none', 'old', 'new'].map((name) => ({ name, value: name })),
    offVariant: 'none',
  }

  test('is the value of a boolean flag, whatever its variants are called', () => {
    const inverted = {
      variants: [
        { name: 'a', value: false },
        { name: 'b', value: true },
      ],
      offVariant: 'b',
    }
    expect(decide(flagOf({ ...inverted, on: false }), 'ada').enabled).toBe(true)
    expect(decide(flagOf({ ...inverted, defaultServe: { variant: 'a' } }), 'ada').enabled).toBe(false)
  })

  test('is neither off variant nor the control of the rollout that served it, for other flags', () => {
    expect(decide(flagOf({ ...shades, defaultServe: { variant: 'none' } }), 'ada').enabled).toBe(false)
    expect(decide(flagOf({ ...shades, defaultServe: { variant: 'old' } }), 'ada').enabled).toBe(true)
    const rollout = (weight: number, variant: string) => ({
      rollout: { weight, control: 'old', split: [{ variant, weight: 100_000 }] },
    })
    expect(decide(flagOf({ ...shades, defaultServe: rollout(0, 'new') }), 'ada').enabled).toBe(false)
    expect(decide(flagOf({ ...shades, defaultServe: rollout(100_000, 'old') }), 'ada').enabled).toBe(false)
    expect(decide(flagOf({ ...shades, defaultServe: rollout(100_000, 'new') }), 'ada').enabled).toBe(true)
    expect(decide(flagOf({ ...shades, defaultServe: rollout(100_000, 'none') }), 'ada').enabled).toBe(false)
  })
})

describe('prerequisites', () => {
  const needs = (flag: string, variants = ['on']) => ({
    prerequisites: [{ flag, variants }],
    defaultServe: { variant: 'on' },
  })

  test('are met by the variant the same user gets', () => {
    const base = { key: 'base', targets: [{ variant: 'on', keys: ['ada'] }] }
    expect(explain(needs('base'), 'ada', [base])).toMatchObject({ variant: 'on', reason: 'DEFAULT' })
    expect(explain(needs('base'), 'bob', [base])).toMatchObject({ variant: 'off', metadata: { prerequisite: 'base' } })
  })

  test('a killed one serves its off variant, which may be the wanted one', () => {
    const base = { key: 'base', killed: true, defaultServe: { variant: 'on' } }
    expect(explain(needs('base'), 'ada', [base])).toMatchObject({ variant: 'off' })
    expect(explain(needs('base', ['off']), 'ada', [base])).toMatchObject({ variant: 'on' })
  })

  test('an answer with an error meets nothing', () => {
    const base = { key: 'base', defaultServe: share(50_000) }
    expect(explain(needs('base', ['on', 'off']), {}, [base])).toMatchObject({
      reason: 'DISABLED',
      metadata: { prerequisite: 'base' },
    })
  })
})
