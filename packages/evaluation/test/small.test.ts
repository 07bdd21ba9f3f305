// What builds counted in bytes have instead of the fast parts must give the same answers, for anything.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as hash from '../src/hash.ts'
import * as network from '../src/network.ts'
import * as semver from '../src/semver.ts'
import * as smallHash from '../src/small/hash.ts'
import * as smallNetwork from '../src/small/network.ts'
import * as smallSemver from '../src/small/semver.ts'

const RUNS = { numRuns: 5_000 }

test('the small hash is the hash', () => {
  const unit = fc.oneof(fc.string({ maxLength: 70 }), fc.string({ unit: 'binary', maxLength: 40 }))
  const lone = fc.constantFrom('größe-🚩', '日本語', '\ud800', 'a\udfff', `${'x'.repeat(5_000)}ü`)
  fc.assert(
    fc.property(fc.oneof(unit, lone), fc.integer(), (text, seed) => {
      expect(smallHash.hashUnit(text, seed)).toBe(hash.hashUnit(text, seed))
    }),
    RUNS,
  )
})

describe('the small networks', () => {
  const part = fc.oneof(
    fc.integer({ min: 0, max: 300 }).map(String),
    fc.constantFrom('00', '01', '0x1', '', '1e2', ' 1'),
  )
  const v4 = fc.oneof(
    fc.ipV4(),
    fc.array(part, { minLength: 3, maxLength: 5 }).map((parts) => parts.join('.')),
  )
  const group = fc.oneof(fc.stringMatching(/^[0-9a-fA-F]{1,5}$/), fc.constantFrom('', '0', 'ffff', '12345', 'g'))
  const v6 = fc.oneof(
    fc.ipV6(),
    fc.tuple(fc.array(group, { maxLength: 9 }), fc.constantFrom(':', '::')).map(([groups, by]) => groups.join(by)),
    fc.tuple(fc.array(group, { maxLength: 7 }), v4).map(([groups, end]) => [...groups, end].join(':')),
    v4.map((text) => `::ffff:${text}`),
    fc.constantFrom(
      '::',
      '1::',
      '::1',
      ':1',
      '1:',
      ':::',
      '1::2::3',
      'fe80::1%eth0',
      '::1]',
      '::1]:80',
      '[::1]',
      '::1/',
      '::\t1',
    ),
  )
  const address = fc.oneof(v4, v6, fc.string({ maxLength: 12 }))
  const bits = fc.oneof(fc.integer({ min: 0, max: 130 }).map(String), fc.constantFrom('', '01', '-1', ' 8', '8/8'))
  const written = fc.oneof(
    address,
    fc.tuple(address, bits).map((both) => both.join('/')),
  )

  test('read and hold the same', () => {
    fc.assert(
      fc.property(written, address, (of, text) => {
        const [wanted, small] = [network.parseNetwork(of), smallNetwork.parseNetwork(of)]
        const [given, smallGiven] = [network.parseAddress(text), smallNetwork.parseAddress(text)]
        expect([small !== null, smallGiven !== null]).toEqual([wanted !== null, given !== null])
        if (wanted === null || small === null || given === null || smallGiven === null) return
        expect(smallNetwork.holds(small, smallGiven)).toBe(network.holds(wanted, given))
      }),
      { numRuns: 20_000 },
    )
  })

  test('hold the same of addresses that are near', () => {
    const near = fc.tuple(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.integer({ min: 0, max: 127 }), fc.boolean())
    fc.assert(
      fc.property(near, fc.integer({ min: 0, max: 128 }), ([value, bit, isMapped], length) => {
        const base = isMapped ? (0xffffn << 32n) + (value & 0xffffffffn) : value
        const of = `${asText(base)}/${length}`
        const text = asText(base ^ (1n << BigInt(bit)))
        const expected = network.holds(
          network.parseNetwork(of) as network.Network,
          network.parseAddress(text) as network.Address,
        )
        const got = smallNetwork.holds(
          smallNetwork.parseNetwork(of) as string,
          smallNetwork.parseAddress(text) as string,
        )
        expect(got).toBe(expected)
      }),
      RUNS,
    )
  })

  function asText(value: bigint): string {
    return Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - at * 16)) & 0xffffn).toString(16)).join(':')
  }
})

test('the small versions read and compare the same', () => {
  const number = fc.oneof(
    fc.nat(30).map(String),
    fc.constantFrom('00', '01', '999999999999999', '1000000000000000', ''),
  )
  const word = fc.oneof(
    number,
    fc.constantFrom('rc', 'rc1', '1a', '-', '0a', 'A', 'a-b', '9'.repeat(40), `1${'0'.repeat(40)}`, 'ä', '_'),
  )
  const list = fc.array(word, { maxLength: 4 })
  const version = fc
    .tuple(fc.constantFrom('', 'v', 'V'), fc.array(number, { maxLength: 4 }), list, list, fc.boolean(), fc.boolean())
    .map(([v, numbers, before, build, isPrerelease, isBuild]) =>
      [v, numbers.join('.'), isPrerelease ? `-${before.join('.')}` : '', isBuild ? `+${build.join('.')}` : ''].join(''),
    )
  fc.assert(
    fc.property(version, fc.oneof(version, fc.string()), (of, text) => {
      const [wanted, small] = [semver.parseVersion(of), smallSemver.parseVersion(of)]
      expect(small !== null).toBe(wanted !== null)
      if (wanted === null || small === null) return
      expect(Math.sign(smallSemver.compareVersion(text, small))).toBe(
        Math.sign(semver.compareVersion(text, wanted)) + 0,
      )
    }),
    { numRuns: 30_000 },
  )
})
