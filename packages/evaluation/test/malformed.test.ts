// Poison documents and hostile users: whatever comes in, an answer comes out, and only the poisoned flag suffers.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CompiledFlag,
  type Condition,
  compileFlag,
  compileSegment,
  compileSnapshot,
  decide,
  evaluate,
  type FlagDocument,
  type SegmentDocument,
  type Snapshot,
  type User,
} from '../src/index.ts'
import { documentOf, FLAG, flagOf, ruleOf, servedTo, share, snapshotOf } from './flags.ts'

const NOTHING = { segment: () => undefined, flag: () => undefined }

const RICH: Partial<FlagDocument> = {
  prerequisites: [{ flag: 'base', variants: ['on'] }],
  targets: [{ variant: 'on', keys: ['ada', 'bob'] }],
  rules: [
    ruleOf(
      { op: 'in', attribute: 'plan', values: ['pro', 'team'] },
      { op: 'semverGreaterThan', attribute: 'v', values: ['1.2.3'] },
    ),
    { id: 'r2', conditions: [{ op: 'segment', values: ['seg'] }], serve: share(50_000) },
    {
      id: 'r3',
      conditions: [],
      serve: {
        rollout: { weight: 20_000, split: [{ variant: 'on', weight: 100_000 }], bucketBy: 'org', otherwise: 'next' },
      },
    },
  ],
  defaultServe: share(10_000),
}
const RICH_SNAPSHOT = snapshotOf(
  [RICH, { key: 'base', defaultServe: { variant: 'on' } }, { key: 'healthy', defaultServe: share(50_000) }],
  [{ included: ['kim'], rules: [[{ op: 'contains', attribute: 'mail', values: ['@'] }]] }],
)

/** A copy with one value anywhere inside replaced, or removed. */
function mutate(document: unknown, pick: number, replacement: unknown): unknown {
  const copy = structuredClone(document)
  const places: [Record<string, unknown>, string][] = []
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) {
      places.push([value as Record<string, unknown>, key])
      visit((value as Record<string, unknown>)[key])
    }
  }
  visit(copy)
  const [holder, key] = places[pick % places.length] as [Record<string, unknown>, string]
  if (replacement === undefined) delete holder[key]
  else holder[key] = replacement
  return copy
}

const hostileUsers: User[] = [
  'ada',
  7,
  null,
  { key: 'ada', plan: 'pro', v: '2.0.0', org: 'x', mail: 'a@b' },
  { key: 'x'.repeat(1_000_000), plan: 'x'.repeat(1_000_000), v: '1.'.repeat(500_000), mail: 'é'.repeat(300_000) },
  { plan: 10n, v: Number.NaN, org: Symbol('s'), mail: () => 1 },
  Object.defineProperty({}, 'plan', {
    enumerable: true,
    get: () => {
      throw new Error('mine')
    },
  }) as User,
  Object.defineProperty({}, 'key', {
    enumerable: true,
    get: () => {
      throw new Error('mine')
    },
  }) as User,
  new Proxy(
    {},
    {
      getOwnPropertyDescriptor() {
        throw new Error('mine')
      },
    },
  ) as User,
  (() => {
    const circle: Record<string, unknown> = { key: 'u' }
    circle.plan = circle
    circle.org = [circle]
    return circle
  })(),
  [] as never,
  (() => 1) as never,
]

describe('a malformed document', () => {
  const broken: [string, object, RegExp][] = [
    [
      'weights that do not sum',
      { defaultServe: { rollout: { weight: 1, split: [{ variant: 'on', weight: 99_999 }] } } },
      /sum to 100000, not 99999/,
    ],
    [
      'an unknown variant in a split',
      { defaultServe: { rollout: { weight: 1, split: [{ variant: 'x', weight: 100_000 }] } } },
      /"x" does not exist/,
    ],
    ['an unknown variant', { defaultServe: { variant: 'x' } }, /"x" does not exist/],
    [
      'an unknown control',
      { defaultServe: { rollout: { weight: 1, control: 'x', split: [{ variant: 'on', weight: 100_000 }] } } },
      /"x" does not exist/,
    ],
    ['an unknown target variant', { targets: [{ variant: 'x', keys: [] }] }, /"x" does not exist/],
    ['a weight above the scale', { defaultServe: share(100_001) }, /0 to 100000/],
    ['a broken weight', { defaultServe: share(0.5) }, /0 to 100000/],
    ['both a variant and a rollout', { defaultServe: { variant: 'on', ...share(1) } }, /a variant or a rollout/],
    [
      'an unknown operator',
      { rules: [ruleOf({ op: 'like', attribute: 'a', values: [] } as never)] },
      /operator "like" does not exist/,
    ],
    [
      'an operator of the prototype',
      { rules: [ruleOf({ op: 'constructor', attribute: 'a', values: ['x'] } as never)] },
      /operator "constructor" does not exist/,
    ],
    [
      'values an operator cannot use',
      { rules: [ruleOf({ op: 'before', attribute: 'a', values: ['soon'] })] },
      /ISO 8601/,
    ],
    [
      'negate that is no boolean',
      { rules: [ruleOf({ op: 'exists', attribute: 'a', values: [], negate: 'no' } as never)] },
      /negate must be true/,
    ],
    ['a missing segment', { rules: [ruleOf({ op: 'segment', values: ['gone'] })] }, /segment "gone" does not exist/],
    [
      'a missing prerequisite',
      { prerequisites: [{ flag: 'gone', variants: ['on'] }] },
      /prerequisite "gone" does not exist/,
    ],
    [
      'otherwise of another kind',
      { defaultServe: { rollout: { weight: 1, split: [{ variant: 'on', weight: 100_000 }], otherwise: 'off' } } },
      /otherwise/,
    ],
    [
      'a value of another type',
      {
        variants: [
          { name: 'on', value: 1 },
          { name: 'off', value: false },
        ],
      },
      /"on" is not of type "boolean"/,
    ],
    ['a variant twice', { variants: [...FLAG.variants, { name: 'on', value: true }] }, /"on" is there twice/],
    ['killed that is no boolean', { killed: 'no' }, /killed must be true or false/],
    ['on that is missing', { on: undefined }, /on must be true or false/],
    ['no salt', { salt: null }, /salt must be text/],
    ['rules that are no list', { rules: {} }, /rules must be a list/],
  ]

  test.each(broken)('with %s answers its off variant and says why', (_, change, message) => {
    const snapshot = compileSnapshot(snapshotOf([change as never, { key: 'healthy', defaultServe: { variant: 'on' } }]))
    const answer = evaluate(snapshot, 'checkout', 'ada', 'mine')
    expect(answer).toMatchObject({ value: false, variant: 'off', reason: 'ERROR', errorCode: 'PARSE_ERROR' })
    expect(answer.errorMessage).toMatch(message)
    expect(evaluate(snapshot, 'healthy', 'ada', false)).toMatchObject({ value: true, reason: 'STATIC' })
  })

  test('without a usable off variant gives the caller its default', () => {
    for (const change of [
      { offVariant: 'x' },
      { variants: [] },
      { variants: null as never },
      { type: 'colour' as never },
    ]) {
      const snapshot = compileSnapshot(snapshotOf([change]))
      const answer = evaluate(snapshot, 'checkout', 'ada', 'mine')
      expect(answer).toMatchObject({ value: 'mine', reason: 'ERROR', errorCode: 'PARSE_ERROR' })
      const flag = snapshot.flag('checkout') as CompiledFlag
      expect(decide(flag, 'ada')).toMatchObject({
        slot: flag.answers.variants.length,
        enabled: undefined,
        value: undefined,
      })
    }
  })

  test('anything at all compiles to a flag, a segment or a snapshot that answers', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }), (anything) => {
        const flag = compileFlag(anything as FlagDocument, NOTHING)
        expect(decide(flag, 'ada')).toMatchObject({ reason: 'ERROR', errorCode: 'PARSE_ERROR' })
        expect(compileSegment(anything as SegmentDocument, () => undefined).problem).toBeTypeOf('string')
        expect(evaluate(compileSnapshot(anything as Snapshot), 'x', 'ada', 1).value).toBe(1)
      }),
      { numRuns: 500 },
    )
  })

  test('changed anywhere still answers every user, and harms no other flag', () => {
    const healthy = compileSnapshot(RICH_SNAPSHOT)
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.anything(), { nil: undefined }), (pick, replacement) => {
        const [flag, ...others] = RICH_SNAPSHOT.flags
        const mutated = { ...RICH_SNAPSHOT, flags: [mutate(flag, pick, replacement) as FlagDocument, ...others] }
        const snapshot = compileSnapshot(mutated)
        for (const user of hostileUsers.slice(0, 4)) {
          const answer = evaluate(snapshot, 'checkout', user, 'mine')
          expect(['on', 'off', undefined]).toContain(answer.variant)
          // What is malformed never exposes anybody.
          expect(answer.errorCode === 'PARSE_ERROR' && answer.variant === 'on').toBe(false)
          expect(evaluate(snapshot, 'healthy', user, 0)).toEqual(evaluate(healthy, 'healthy', user, 0))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

test('a kill, and switching off, give the off variant for a flag of any shape', () => {
  fc.assert(
    fc.property(fc.nat(), fc.anything(), fc.constantFrom('killed', 'off'), (pick, replacement, how) => {
      const sound = documentOf(RICH)
      const { variants, offVariant, type, key } = sound
      const poisoned = mutate(sound, pick, replacement) as FlagDocument
      const change = how === 'killed' ? { killed: true } : { on: false, killed: false }
      const document = { ...poisoned, variants, offVariant, type, key, ...change }
      const snapshot = compileSnapshot({ ...RICH_SNAPSHOT, flags: [document] })
      for (const user of hostileUsers.slice(0, 4)) {
        expect(evaluate(snapshot, 'checkout', user, 'mine')).toMatchObject({
          value: false,
          variant: 'off',
          reason: 'DISABLED',
          metadata: how === 'killed' ? { killed: true } : { off: true },
        })
      }
    }),
    { numRuns: 1_000 },
  )
})

test('hostile users get an answer from every kind of rule', () => {
  const snapshot = compileSnapshot(RICH_SNAPSHOT)
  for (const user of hostileUsers) {
    expect(['on', 'off']).toContain(evaluate(snapshot, 'checkout', user, 'mine').variant)
  }
  const throwing = hostileUsers.slice(6, 9)
  for (const user of throwing) {
    const answer = evaluate(snapshot, 'checkout', user, 'mine')
    expect(answer).toMatchObject({ value: false, variant: 'off', reason: 'ERROR', errorCode: 'INVALID_CONTEXT' })
  }
})

test('decide and evaluate give one answer', () => {
  const attributes = fc.record(
    {
      key: fc.anything(),
      plan: fc.constantFrom('pro', 'free', 1),
      v: fc.constantFrom('1.0.0', '2.0.0'),
      org: fc.anything(),
      mail: fc.string(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.nat(), fc.anything(), fc.oneof(attributes, fc.string(), fc.integer()), (pick, replacement, user) => {
      const snapshot = compileSnapshot(mutate(RICH_SNAPSHOT, pick, replacement) as Snapshot)
      for (const key of snapshot.keys()) {
        const { slot, value, variant, reason, errorCode } = decide(snapshot.flag(key) as CompiledFlag, user as User)
        const answer = evaluate(snapshot, key, user as User, 'mine')
        expect([answer.variant, answer.reason, answer.errorCode]).toEqual([variant, reason, errorCode])
        expect(answer.value).toEqual(slot === snapshot.flag(key)?.answers.variants.length ? 'mine' : value)
      }
    }),
    { numRuns: 1_000 },
  )
})

describe('what flags and segments depend on', () => {
  const chain = (length: number) =>
    Array.from({ length }, (_, i) => ({
      key: `f${i}`,
      prerequisites: i === length - 1 ? [] : [{ flag: `f${i + 1}`, variants: ['on'] }],
      defaultServe: { variant: 'on' },
    }))

  test('a circle of prerequisites is PARSE_ERROR for all who reach it, in any order of asking', () => {
    const link = (key: string, flag: string) => ({
      key,
      prerequisites: [{ flag, variants: ['on'] }],
      defaultServe: { variant: 'on' },
    })
    const flags = [
      link('a', 'b'),
      link('b', 'c'),
      link('c', 'b'),
      link('self', 'self'),
      { key: 'free', defaultServe: { variant: 'on' } },
    ]
    for (const order of [
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
      ['b', 'a', 'c'],
    ]) {
      const snapshot = compileSnapshot(snapshotOf(flags))
      for (const key of [...order, 'self']) {
        expect(evaluate(snapshot, key, 'ada', 'mine')).toMatchObject({ variant: 'off', errorCode: 'PARSE_ERROR' })
      }
      expect(evaluate(snapshot, 'free', 'ada', 'mine')).toMatchObject({ variant: 'on' })
    }
  })

  test('a killed flag cuts a circle, because it asks nobody', () => {
    const link = (key: string, flag: string) => ({
      key,
      prerequisites: [{ flag, variants: ['off'] }],
      defaultServe: { variant: 'on' },
    })
    const snapshot = compileSnapshot(snapshotOf([link('a', 'b'), { ...link('b', 'a'), killed: true }]))
    expect(evaluate(snapshot, 'a', 'ada', 'mine')).toMatchObject({ variant: 'on', reason: 'DEFAULT' })
  })

  test('a chain of 100 is followed, one of 101 and one of 10 000 are not', () => {
    const snapshot = compileSnapshot(snapshotOf(chain(10_001)))
    expect(evaluate(snapshot, 'f0', 'ada', 'mine')).toMatchObject({ variant: 'off', errorCode: 'PARSE_ERROR' })
    expect(evaluate(snapshot, 'f9899', 'ada', 'mine')).toMatchObject({ variant: 'off', errorCode: 'PARSE_ERROR' })
    expect(evaluate(snapshot, 'f9900', 'ada', 'mine')).toMatchObject({ variant: 'on', reason: 'DEFAULT' })
  })

  test('a net that doubles at every level is refused in place of walked', () => {
    const flags = Array.from({ length: 60 }, (_, i) => ({
      key: `f${i}`,
      prerequisites: i === 59 ? [] : [1, 2].map(() => ({ flag: `f${i + 1}`, variants: ['on'] })),
      defaultServe: { variant: 'on' },
    }))
    const snapshot = compileSnapshot(snapshotOf(flags))
    expect(evaluate(snapshot, 'f0', 'ada', 'mine')).toMatchObject({ errorCode: 'PARSE_ERROR' })
    expect(evaluate(snapshot, 'f55', 'ada', 'mine')).toMatchObject({ variant: 'on' })
  })

  test('a circle of segments is PARSE_ERROR for the flags that use it', () => {
    const inside = (key: string): Condition[][] => [[{ op: 'segment', values: [key] }]]
    const flag = flagOf({ rules: [ruleOf({ op: 'segment', values: ['a'] })] }, [
      { key: 'a', rules: inside('b') },
      { key: 'b', rules: inside('a') },
    ])
    expect(decide(flag, 'ada')).toMatchObject({ variant: 'off', errorCode: 'PARSE_ERROR' })
    expect(flag.problem).toMatch(/segments form a circle/)
  })
})

test('keys of flags may be any text', () => {
  const keys = ['__proto__', 'constructor', 'toString', '', 'x'.repeat(10_000), '🙂', '\u0000', '\u202e', 'a\nb']
  const empty = compileSnapshot(snapshotOf([]))
  const full = compileSnapshot(snapshotOf(keys.map((key) => ({ key, defaultServe: { variant: 'on' } }))))
  for (const key of keys) {
    expect(empty.flag(key)).toBeUndefined()
    expect(servedTo(full.flag(key) as CompiledFlag, 'ada')).toBe('on')
  }
  for (const key of [null, undefined, 3, {}, { toString: 0 }, Symbol('x')]) {
    expect(evaluate(full, key as never, 'ada', 'mine')).toMatchObject({ value: 'mine', errorCode: 'FLAG_NOT_FOUND' })
  }
})
