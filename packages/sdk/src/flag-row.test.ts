import type { FlagDocument } from '@rampart/evaluation'
import { expect, test } from 'vitest'
import { flagOf } from '../test/fake-service.ts'
import { documentOf, headOf, headOfLine, rowOf } from './flag-row.ts'

const lineOf = (flag: unknown) => JSON.stringify({ flag })
const ramped = flagOf('c', { ramp: { rule: null } })

test.each([flagOf('a'), flagOf('größe', { revision: 12, killed: true, killRevision: 11 }), ramped])(
  'the head of a line says what the whole says: $key',
  (flag) => {
    const row = { ...rowOf(flag, lineOf(flag)), isChecked: false }
    expect(headOfLine(lineOf(flag))).toEqual(row)
    expect(documentOf(row)).toEqual(flag)
    expect(headOf(flag)).toEqual({ ...row, source: flag })
  },
)

test('a ramp in a value is looked for in vain, and does no harm', () => {
  const nested = flagOf('a', { type: 'object', variants: [{ name: 'off', value: { ramp: { rule: 'x' } } }] })
  expect(headOfLine(lineOf(nested))?.hasRamp).toBe(true)
  const text = flagOf('a', { type: 'string', variants: [{ name: 'off', value: '"ramp":{' }] })
  expect(headOfLine(lineOf(text))?.hasRamp).toBe(false)
})

const { key, ...headless } = flagOf('a')
test.each([
  ['of another order', lineOf({ ...headless, key })],
  ['of which a key needs reading', lineOf(flagOf('a"b'))],
  ['that tells less', '{"flag":{"key":"a","revision":1,"killed":false}}'],
  ['whose kill is neither true nor false', lineOf({ ...flagOf('a'), killed: 'no' })],
  ['without a key', lineOf(flagOf(''))],
  ['of a segment', JSON.stringify({ segment: { key: 'a', revision: 1 } })],
  ['with a revision that is no integer', lineOf(flagOf('a', { revision: 1.5 }))],
  ['with a revision beyond all bounds', lineOf(flagOf('a', { revision: 2 ** 53 }))],
])('a line %s has no head', (_, line) => {
  expect(headOfLine(line)).toBeUndefined()
})

test.each([
  ['no flag', { ...flagOf('a'), variants: 'none' }],
  ['a torn line', `${lineOf(flagOf('a')).slice(0, 90)}`],
])('what turns out to be %s is no document', (_, source) => {
  const row = typeof source === 'string' ? headOfLine(source) : headOf(source)
  expect(row?.key).toBe('a')
  expect(row && documentOf(row)).toBeUndefined()
})

test.each([null, 'a', [], { ...flagOf('a'), key: 7 }, { ...flagOf('a'), revision: -1 }, { ...flagOf('a'), killed: 0 }])(
  'without a head there is no row: %j',
  (document) => expect(headOf(document as FlagDocument)).toBeUndefined(),
)
