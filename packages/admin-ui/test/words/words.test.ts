import { lifeInWords } from '../../src/words/life.ts'
import { describe, expect, test } from 'vitest'
import { readValues, writeValues } from '../../src/state/condition-values.ts'
import { searchFlags } from '../../src/state/flag-search.ts'
import { shareChange } from '../../src/state/preview.ts'
import { parseVariants } from '../../src/state/variants.ts'
import { shortSentence, tersely } from '../../src/words/changes.ts'
import { differences, pathInWords, valueInWords } from '../../src/words/difference.ts'
import { lineChanges } from '../../src/words/line-changes.ts'
import { plainText, ruleParts, stateSentence } from '../../src/words/sentences.ts'
import { formatCount, formatShare, parseShare, shareInWords, shortCount } from '../../src/words/shares.ts'
import { configuration, flagSummaries, NOW, plainConfiguration, flag, staleFlags } from '../fixtures.ts'

describe('shares', () => {
  test.each([
    [25_000, '25 %'],
    [50, '0.05 %'],
    [1, '0.001 %'],
    [33_333, '33.333 %'],
    [100_000, '100 %'],
    [0, '0 %'],
  ])('%i is written %s and read back', (weight, text) => {
    expect(formatShare(weight)).toBe(text)
    expect(parseShare(text)).toBe(weight)
  })

  test.each(['', '.', '5.', '0.0001', '100.001', '101', '-1', 'five', '1e1'])('%j is no share', (text) => {
    expect(parseShare(text)).toBeNull()
  })

  test('a comma is a decimal point', () => {
    expect(parseShare('12,5')).toBe(12_500)
  })

  test('shares in the words of people', () => {
    expect([0, 100_000, 25_000, 50, 70_000, 3_000, 37_000].map((weight) => shareInWords(weight))).toEqual([
      'nobody',
      'everyone',
      '1 in 4 users',
      '1 in 2 000 users',
      '7 in 10 users',
      'about 1 in 33 users',
      '37 % of users',
    ])
  })

  test('counts for sentences and for columns', () => {
    expect([7, 1480, 1234567].map(formatCount)).toEqual(['7', '1 480', '1 234 567'])
    expect([7, 3100, 123_456, 999_700].map(shortCount)).toEqual(['7', '3.1k', '123k', '1.0M'])
  })
})

describe('the state sentence', () => {
  const say = (part: Parameters<typeof configuration>[0]) =>
    plainText(stateSentence(configuration({ targets: [], rules: [], ...part }), 'production', NOW))

  test('a share', () => {
    expect(say({})).toBe('In production, 25 % of users get on; everyone else gets off.')
  })
  test('targets and rules come first', () => {
    expect(plainText(stateSentence(configuration(), 'production', NOW))).toBe(
      'In production, 3 named ids always get on; one rule is tried first; 25 % of all other users get on; everyone else gets off.',
    )
  })
  test('nobody, everyone, a fixed variant, off', () => {
    expect(plainText(stateSentence(plainConfiguration(0), 'staging', NOW))).toBe(
      'In staging, nobody is in the rollout yet: everyone gets off.',
    )
    expect(plainText(stateSentence(plainConfiguration(100_000), 'staging', NOW))).toBe('In staging, everyone gets on.')
    expect(say({ defaultServe: { variant: 'on' } })).toBe('In production, everyone gets on.')
    expect(say({ on: false })).toBe('In production, everyone gets off: it is switched off.')
  })
  test('what other flags must give comes before all', () => {
    const prerequisites = [
      { flag: 'checkout-v2', variants: ['on'] },
      { flag: 'theme', variants: ['blue', 'red'] },
    ]
    expect(say({ prerequisites })).toBe(
      'In production, only when checkout-v2 gives on and theme gives blue or red: 25 % of users get on; everyone else gets off.',
    )
  })
  test('a kill, with who and why', () => {
    const kill = { killed: true, at: new Date(NOW).toISOString(), by: 'Grace', reason: 'errors', revision: 9 }
    expect(say({ kill })).toMatch(/^In production, everyone gets off: killed by Grace at \d\d:\d\d, “errors”\.$/)
  })
})

test('a rule reads as a sentence', () => {
  const [rule] = configuration().rules
  expect(rule && plainText(ruleParts(rule))).toBe(
    'when country is one of DE, AT, CH and plan is not free → 50 % on, by user; the rest try the next rule',
  )
})

test('beside its flag, a change is said without repeating the flag', () => {
  const short = (sentence: string) => shortSentence(sentence, 'a.b', 'production')
  expect(short('turned on a.b in production and ramped it from 0 % to 5 %')).toBe(
    'turned it on and ramped it from 0 % to 5 %',
  )
  expect(short('created the boolean flag a.b, off everywhere')).toBe('created it, off everywhere')
  expect(short('added the rule "axb" to a.b in production')).toBe('added the rule "axb" to it')
  expect(tersely('ramped a.b in production from 10 % to 25 %', 'a.b', 'production')).toBe('10 → 25 %')
})

test('values of a condition survive writing and reading', () => {
  const values = ['DE', 12, '12', true, 'true', 'a, b', 'say "x"']
  expect(readValues(writeValues(values), 'in')).toEqual(values)
  expect(readValues('1.2, 2', 'semverLessThan')).toEqual(['1.2', '2'])
})

test('variants are read by their type, and refused with a reason', () => {
  expect(parseVariants('off = 0\nhigh = 12.5', 'number')).toEqual({
    variants: [
      { name: 'off', value: 0 },
      { name: 'high', value: 12.5 },
    ],
  })
  expect(parseVariants('off = x\nhigh = 2', 'number')).toEqual({ complaint: 'The value of “off” is not a number.' })
  expect(parseVariants('a = {}', 'object')).toEqual({ complaint: 'Give at least two variants, the off variant first.' })
})

test('search by word, tag, owner and state', () => {
  const stale = new Map(staleFlags(NOW).map((one) => [one.flag, one]))
  const found = (query: string) => searchFlags(flagSummaries(), query, 'production', stale).map(({ key }) => key)
  expect(found('CHECK')).toEqual(['new-checkout'])
  expect(found('tag:check owner:ada')).toEqual(['new-checkout'])
  expect(found('state:killed')).toEqual(['search-v2'])
  expect(found('state:stale')).toEqual(['promo-banner'])
  expect(found('one-page nothing')).toEqual([])
})

test('gain and loss are told from a day of evaluations', () => {
  expect(shareChange(10_000, 25_000, 10_000)).toEqual({ before: 10_000, after: 25_000, gainADay: 1500, loseADay: 0 })
  expect(shareChange(25_000, 10_000, 10_000)).toEqual({ before: 25_000, after: 10_000, gainADay: 0, loseADay: 1500 })
  expect(shareChange(0, 5_000, 0)).toMatchObject({ gainADay: null, loseADay: null })
})

test('differences name the leaves, lists show what moved', () => {
  expect(differences({ a: { weight: 1 }, b: 2 }, { a: { weight: 5 }, b: 2 })).toEqual([
    { path: 'a.weight', before: 1, after: 5 },
  ])
  expect(pathInWords('/rules/0/serve')).toBe('rule › 1 › serve')
  expect(lineChanges(['a', 'b', 'c'], ['b', 'x', 'c', 'a']).map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'removed a',
    'kept b',
    'added x',
    'kept c',
    'added a',
  ])
})

test('how long a flag has lived, and was expected to', () => {
  const created = new Date(NOW - 12.5 * 86_400_000).toISOString()
  expect(lifeInWords({ ...flag(), createdAt: created, expectedDays: 40 }, NOW)).toBe('12 of 40 days')
  expect(lifeInWords({ ...flag(), createdAt: created, expectedDays: null }, NOW)).toBe(
    '12 days, as long as it is useful',
  )
})

test('what came or went whole is told in sentences', () => {
  const rule = {
    id: 'r',
    description: 'inside',
    conditions: [{ op: 'in', attribute: 'country', values: ['DE', 'AT'] }],
    serve: { variant: 'on' },
  }
  expect(valueInWords('rules.0', rule)).toBe('inside: when country is one of DE, AT → on')
  expect(valueInWords('targets.0', { variant: 'on', keys: ['ada', 'lin'] })).toBe('ada, lin → on')
  expect(valueInWords('rules.0.conditions.1', { op: 'exists', attribute: 'plan', values: [] })).toBe('plan is known')
})
