import { describe, expect, test } from 'vitest'
import type { AttributeCondition, Condition, JsonValue, SegmentDocument, User } from '../src/index.ts'
import { flagOf, ruleOf, servedTo } from './flags.ts'

function matches(user: User, condition: Condition, segments: Partial<SegmentDocument>[] = []): boolean {
  return servedTo(flagOf({ rules: [ruleOf(condition)] }, segments), user) === 'on'
}

const on = (op: AttributeCondition['op'], ...values: JsonValue[]): AttributeCondition => ({
  op,
  attribute: 'a',
  values,
})

describe('operators', () => {
  const cases: [AttributeCondition, yes: unknown[], no: unknown[]][] = [
    [on('in', 'x'), ['x'], ['X', 'xx', '', 1, true, {}, undefined, null]],
    [on('in', 'x', 3, true), ['x', 3, true], ['3', 'true', 1, 3n, [], false]],
    [on('in', 0), [0, -0], ['0', false, '']],
    [{ ...on('in', 'Ä', 3), ignoreCase: true }, ['ä', 'Ä', 3], ['a', '3']],
    [on('contains', 'bc'), ['abcd', 'bc'], ['BC', 'b', 12, ['b', 'c']]],
    [{ ...on('contains', 'bC'), ignoreCase: true }, ['aBcd'], ['ab']],
    [on('startsWith', 'ab', 'x'), ['abc', 'x'], ['cab', 1]],
    [on('endsWith', '@example.org'), ['ada@example.org'], ['ada@example.org.evil', null]],
    [{ ...on('endsWith', '.ORG'), ignoreCase: true }, ['a.org'], ['a.com']],
    [
      on('lessThan', 5),
      [4.9, -1, '4', '-0.5', '+3'],
      [5, '5', ' 4', '4x', '0x1', '1e0', '', Number.NaN, -Infinity, 4n],
    ],
    [on('lessOrEqual', '5'), [5, '5.0'], [5.1, true]],
    [on('greaterThan', 5, 100), [6, '5.1'], [5, '9'.repeat(400)]],
    [on('greaterOrEqual', 5), [5, '05'], [4.99]],
    [
      on('before', '2026-03-01'),
      ['2026-02-28T23:59:59Z', 1772323199999, new Date(0), '2026-03-01T00:30+01:00'],
      ['2026-03-01', '2026-02-30', 'yesterday', '2026-13-01', '', Number.NaN, new Date(Number.NaN)],
    ],
    [
      on('after', '2026-03-01T12:00'),
      ['2026-03-01T12:00:00.001', '2026-03-01T12:00:01Z'],
      ['2026-03-01T12:00Z', '2026-03-01T13:00+02:00', '2026-03-01 13:00', '2026-03-02T25:00'],
    ],
    [on('after', '0001-01-01'), ['0099-12-31', '2024-02-29'], ['2023-02-29', '1900-02-29']],
    [on('semverEqual', '1.2.0'), ['1.2.0', 'v1.2', '1.2.0+build.7'], ['1.2.0-rc.1', '1.2.1', '1.2.x', '01.2.0', 1.2]],
    [
      on('semverGreaterOrEqual', '3.5.0'),
      ['3.5.0', '3.10.0', '10.0.0', '4'],
      ['3.4.99', '3.5.0-beta', '', '3.5.0.1', '-3.5.0', '3.5.', 'v'],
    ],
    [on('semverLessThan', '2.0.0'), ['2.0.0-rc.1', '1.9.9'], ['2.0.0', '2.0.0+build']],
    [
      on('semverGreaterThan', '1.0.0-alpha.9'),
      ['1.0.0-alpha.10', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0', '1.0.0-alpha.9.0'],
      ['1.0.0-alpha.9', '1.0.0-alpha', '1.0.0-alpha.08', '1.0.0-'],
    ],
    [on('semverLessOrEqual', '1.0.0-rc.1'), ['1.0.0-rc.1', '1.0.0-beta.11'], ['1.0.0', '1.0.0-rc.1.1']],
    [on('exists'), [0, '', false, [0], {}], [undefined, null, []]],
    [on('in'), [], ['x', 0]],
  ]

  test.each(cases)('%j', (condition, yes, no) => {
    for (const a of yes) expect(matches({ key: 'u', a } as User, condition), `yes: ${String(a)}`).toBe(true)
    for (const a of no) expect(matches({ key: 'u', a } as User, condition), `no: ${String(a)}`).toBe(false)
    for (const a of yes)
      expect(matches({ key: 'u', a } as User, { ...condition, negate: true }), `not: ${String(a)}`).toBe(false)
    for (const a of no)
      expect(matches({ key: 'u', a } as User, { ...condition, negate: true }), `not no: ${String(a)}`).toBe(true)
  })

  test('match a list when any element does', () => {
    expect(matches({ a: ['free', 'pro'] }, on('in', 'pro'))).toBe(true)
    expect(matches({ a: [1, '7', null] }, on('greaterThan', 5))).toBe(true)
    expect(matches({ a: [] }, on('in', 'pro'))).toBe(false)
    expect(matches({ a: ['free', 'pro'] }, { ...on('in', 'pro'), negate: true })).toBe(false)
  })

  test('all conditions of a rule must hold', () => {
    const flag = flagOf({ rules: [ruleOf(on('in', 'x'), { op: 'in', attribute: 'b', values: ['y'] })] })
    expect(servedTo(flag, { a: 'x', b: 'y' })).toBe('on')
    expect(servedTo(flag, { a: 'x' })).toBe('off')
  })
})

describe('attributes', () => {
  const at = (attribute: string, ...values: JsonValue[]): Condition => ({ op: 'in', attribute, values })

  test('dots descend, and an own attribute with the whole name wins', () => {
    expect(matches({ org: { plan: 'pro' } }, at('org.plan', 'pro'))).toBe(true)
    expect(matches({ org: { plan: 'pro' }, 'org.plan': 'free' }, at('org.plan', 'pro'))).toBe(false)
    expect(matches({ org: 'pro' }, at('org.plan', 'pro'))).toBe(false)
    expect(matches({ org: null }, at('org.plan', 'pro'))).toBe(false)
  })

  test('are never inherited', () => {
    for (const name of [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'constructor.name',
      '__proto__.polluted',
    ]) {
      expect(matches({ key: 'u' }, { op: 'exists', attribute: name, values: [] }), `${name}`).toBe(false)
    }
    expect(matches(Object.create({ plan: 'pro', key: 'u' }), at('plan', 'pro'))).toBe(false)
    expect(matches(JSON.parse('{"__proto__": "x"}'), at('__proto__', 'x'))).toBe(true)
  })

  test('key is the targeting key as text, however it was given', () => {
    for (const user of ['42', 42, { key: 42 }, { targetingKey: '42' }]) {
      expect(matches(user, at('key', '42'))).toBe(true)
      expect(matches(user, at('targetingKey', 42))).toBe(true)
    }
    expect(matches({ key: 4.2 }, { op: 'exists', attribute: 'key', values: [] })).toBe(false)
  })
})

describe('segments', () => {
  const condition: Condition = { op: 'segment', values: ['seg'] }

  test('hold included keys, then not the excluded, then those whose conditions match', () => {
    const segment = {
      included: ['ada', 'bob'],
      excluded: ['bob', 'eve'],
      rules: [[on('in', 'x'), on('exists')], [on('in', 'y')]],
    }
    expect(matches('ada', condition, [segment])).toBe(true)
    expect(matches('bob', condition, [segment])).toBe(true)
    expect(matches({ key: 'eve', a: 'x' }, condition, [segment])).toBe(false)
    expect(matches({ key: 'kim', a: 'x' }, condition, [segment])).toBe(true)
    expect(matches({ a: 'y' }, condition, [segment])).toBe(true)
    expect(matches('kim', condition, [segment])).toBe(false)
    expect(matches('kim', { ...condition, negate: true }, [segment])).toBe(true)
    expect(matches({}, { ...condition, negate: true }, [segment])).toBe(true)
  })

  test('any of several is enough, and they may hold each other', () => {
    const inner = { key: 'inner', included: ['ada'] }
    const outer = { key: 'outer', rules: [[{ op: 'segment' as const, values: ['inner'] }]] }
    expect(matches('ada', { op: 'segment', values: ['none', 'outer'] }, [inner, outer, { key: 'none' }])).toBe(true)
  })
})
