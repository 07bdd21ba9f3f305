import { expect, test } from 'vitest'
import { nameAccessors } from './accessor-names.ts'
import type { KnownFlag } from './known-flags.ts'
import { valueType } from './type-text.ts'
import { generateTypeScript } from './typescript.ts'

test('a project without flags gives a module that compiles, and refuses every key', () => {
  const text = generateTypeScript('default', [])
  expect(text).toContain('import type { AnyClient } from "@rampart/sdk";')
  expect(text).toContain('export type Flags = {};')
  expect(text).toContain('export type PageFlags = Pick<Flags, never>;')
  expect(text).toContain('export function flags(_client: AnyClient): FlagAccessors {')
})

test.each([
  ['new-checkout', 'newCheckout'],
  ['shop.cart_v2', 'shopCartV2'],
  ['ABTest', 'abTest'],
  ['URL', 'url'],
  ['2fa', '_2fa'],
  ['then', '_then'],
  ['class', 'class'],
])('%s is called %s', (key, name) => {
  expect(nameAccessors([key]).get(key)).toBe(name)
})

test('a new flag takes nobody the name away without a compile error', () => {
  expect(nameAccessors(['dark-mode', 'other']).get('dark-mode')).toBe('darkMode')
  const names = nameAccessors(['dark-mode', 'darkMode', 'other'])
  expect(names.get('other')).toBe('other')
  expect([...names.values()]).not.toContain('darkMode')
  expect(new Set(names.values()).size).toBe(3)
})

test.each([
  ['string', ['a', 'a', "it's"], `"a" | "it's"`],
  ['string', ['a', 'x'.repeat(200)], 'string'],
  ['number', [1, -0.5, 1e21], '1 | -0.5 | 1e+21'],
  ['boolean', [true], 'boolean'],
  ['object', [{ a: 1 }, { a: null, b: ['x', 2] }], '{ "a": null | number; "b"?: Array<number | string> }'],
  ['object', [[{ a: 1 }, { a: 2 }]], 'Array<{ "a": number }>'],
  ['object', [{}], '{ [key: string]: import("@rampart/sdk").JsonValue }'],
] as const)('a %s flag of %j has the type %s', (type, values, text) => {
  const variants = values.map((value, at) => ({ name: `v${at}`, value })) as unknown as KnownFlag['variants']
  expect(valueType({ type, variants } as KnownFlag)).toBe(text)
})

test('a structure too long to read is any JSON', () => {
  const value = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`key-${at}`, at]))
  const flag = { type: 'object', variants: [{ name: 'v', value }] } as unknown as KnownFlag
  expect(valueType(flag)).toBe('import("@rampart/sdk").JsonValue')
})
