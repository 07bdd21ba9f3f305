import { expect, it } from 'vitest'
import { allowsOrigin, originsSchema } from './page-origins.ts'

it.each([
  ['https://shop.example', 'https://shop.example'],
  ['https://Shop.Example/', 'https://shop.example'],
  ['https://shop.example:443', 'https://shop.example'],
  ['http://localhost:5173', 'http://localhost:5173'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['https://*.shop.example:8443', 'https://*.shop.example:8443'],
  ['capacitor://localhost', 'capacitor://localhost'],
])('%s is spelled as a browser would', (written, origin) => {
  expect(originsSchema.parse([written, written])).toEqual([origin])
})

it.each([
  ['shop.example', /is not an origin\. Write scheme and host/],
  ['localhost:5173', /Write scheme and host/],
  ['null', /Write scheme and host/],
  ['*', /Write scheme and host/],
  ['javascript:alert(1)', /Write scheme and host/],
  ['https://shop.example/cart', /ends after host and port/],
  ['https://ada:pass@shop.example', /ends after host and port/],
  ['https://shop.example?x', /ends after host and port/],
  ['https://*', /one label in front/],
  ['https://*.example', /one label in front/],
  ['https://www.*.example', /one label in front/],
  ['https://pre*.shop.example', /one label in front/],
])('%s is refused with a reason', (written, why) => {
  expect(originsSchema.safeParse([written]).error?.issues[0]?.message).toMatch(why)
})

it('more than fifty are refused', () => {
  const many = Array.from({ length: 51 }, (_, n) => `https://a${n}.example`)
  expect(originsSchema.safeParse(many).error?.issues[0]?.message).toMatch(/up to 50/)
})

it('an origin is allowed when it is named, to the letter', () => {
  const allowed = ['https://shop.example', 'http://localhost:5173']
  expect(allowed.every((origin) => allowsOrigin(allowed, origin))).toBe(true)
  for (const origin of [
    'http://shop.example',
    'https://shop.example:8443',
    'https://www.shop.example',
    'https://shop.example.evil.example',
    'http://localhost',
    'null',
    '',
  ]) {
    expect({ origin, isAllowed: allowsOrigin(allowed, origin) }).toEqual({ origin, isAllowed: false })
  }
})

it('a wildcard stands for exactly one label', () => {
  const allowed = ['https://*.shop.example:8443']
  expect(allowsOrigin(allowed, 'https://de.shop.example:8443')).toBe(true)
  for (const origin of [
    'https://shop.example:8443',
    'https://.shop.example:8443',
    'https://a.b.shop.example:8443',
    'https://de.shop.example',
    'http://de.shop.example:8443',
    'https://evilshop.example:8443',
    'https://evil.example/.shop.example:8443',
    'https://*.shop.example:844',
  ]) {
    expect({ origin, isAllowed: allowsOrigin(allowed, origin) }).toEqual({ origin, isAllowed: false })
  }
})
