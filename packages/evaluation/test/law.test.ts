// The promises that ramping stands on, over generated salts, users and weights.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf, decide, hashUnit, type Rollout, seedOf } from '../src/index.ts'
import { flagOf, servedTo, share } from './flags.ts'

const salt = fc.string({ maxLength: 20 })
const unit = fc.oneof(fc.uuid(), fc.string({ minLength: 1 }), fc.nat().map(String))
const units = fc.uniqueArray(unit, { minLength: 1, maxLength: 60 })
const weight = fc.integer({ min: 0, max: 100_000 })

const inside = (flagSalt: string, at: number, who: string) =>
  servedTo(flagOf({ salt: flagSalt, defaultServe: share(at) }), who) === 'on'

describe('ramping', () => {
  test('raising a weight only adds people; lowering it removes those with the largest buckets', () => {
    fc.assert(
      fc.property(salt, units, weight, weight, (flagSalt, people, a, b) => {
        const low = Math.min(a, b)
        const high = Math.max(a, b)
        const before = people.filter((who) => inside(flagSalt, high, who))
        const after = people.filter((who) => inside(flagSalt, low, who))
        const bucket = (who: string) => bucketOf(hashUnit(who, seedOf(flagSalt)))
        expect(before).toEqual(expect.arrayContaining(after))
        const removed = before.filter((who) => !after.includes(who))
        for (const who of removed) for (const other of after) expect(bucket(who)).toBeGreaterThan(bucket(other))
      }),
    )
  })

  test('one step of weight moves exactly the people of one bucket', () => {
    fc.assert(
      fc.property(salt, unit, (flagSalt, who) => {
        const bucket = bucketOf(hashUnit(who, seedOf(flagSalt)))
        expect(inside(flagSalt, bucket, who)).toBe(false)
        expect(inside(flagSalt, bucket + 1, who)).toBe(true)
      }),
    )
  })

  test('a split is cut where the running weight passes the bucket, which is hashed apart from inclusion', () => {
    fc.assert(
      fc.property(salt, unit, (flagSalt, who) => {
        const bucket = bucketOf(hashUnit(who, seedOf(`${flagSalt}#variant`)))
        const at = (first: number) => {
          const split = [
            { variant: 'on', weight: first },
            { variant: 'off', weight: 100_000 - first },
          ]
          return servedTo(flagOf({ salt: flagSalt, defaultServe: { rollout: { weight: 100_000, split } } }), who)
        }
        expect([at(bucket), at(bucket + 1)]).toEqual(['off', 'on'])
      }),
    )
  })

  test('never moves anybody between variants', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(salt, units, weight, weight, parts, (flagSalt, people, a, b, sizes) => {
        const names = sizes.map((_, i) => `v${i}`)
        const total = sizes.reduce((sum, size) => sum + size, 0)
        const weights = sizes.map((size) => Math.floor((size * 100_000) / total))
        weights[0] = (weights[0] as number) + 100_000 - weights.reduce((sum, one) => sum + one, 0)
        const at = (rolloutWeight: number) =>
          flagOf({
            salt: flagSalt,
            type: 'string',
            variants: ['out', ...names].map((name) => ({ name, value: name })),
            offVariant: 'out',
            defaultServe: {
              rollout: {
                weight: rolloutWeight,
                split: names.map((variant, i) => ({ variant, weight: weights[i] as number })),
              } satisfies Rollout,
            },
          })
        const [one, other] = [at(a), at(b)]
        for (const who of people) {
          const served = [servedTo(one, who), servedTo(other, who)].filter((variant) => variant !== 'out')
          expect(new Set(served).size).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  test('0 is nobody and 100 000 is everybody, exactly', () => {
    fc.assert(
      fc.property(salt, units, (flagSalt, people) => {
        for (const who of people)
          expect([inside(flagSalt, 0, who), inside(flagSalt, 100_000, who)]).toEqual([false, true])
      }),
    )
  })
})

test('shares of rules nest: they share the salt of the flag', () => {
  const rollout = (at: number, otherwise: 'next' | 'control') => ({
    rollout: { weight: at, split: [{ variant: 'on', weight: 100_000 }], otherwise },
  })
  const rules = [{ id: 'r1', conditions: [], serve: rollout(25_000, 'next') }]
  const nested = flagOf({ rules, defaultServe: rollout(50_000, 'control') })
  const plain = flagOf({ defaultServe: rollout(50_000, 'control') })
  for (let i = 0; i < 20_000; i++) expect(servedTo(nested, i)).toBe(servedTo(plain, i))
})

test('flags are independent of each other, and inclusion of the variant within one', () => {
  // Chi-square over the 4 x 4 table of quarters, against 1/16 each: 15 degrees of freedom, where 44.3 is passed once
  // in 10 000 times. People and salts are fixed, so a failure means that the hashing changed.
  const people = Array.from({ length: 20_000 }, (_, i) => `user-${i}`)
  const quarters = (flagSalt: string) => {
    const seed = seedOf(flagSalt)
    return people.map((who) => Math.floor(bucketOf(hashUnit(who, seed)) / 25_000))
  }
  const salts = ['checkout', 'search', 'a', 'b', 'flag-1', 'flag-2', 'flag-11', 'checkout#variant']
  const columns = salts.map(quarters)
  for (let i = 0; i < salts.length; i++) {
    for (let j = i + 1; j < salts.length; j++) {
      const cells = Array.from({ length: 16 }, () => 0)
      people.forEach((_, k) => {
        const cell = (columns[i]?.[k] as number) * 4 + (columns[j]?.[k] as number)
        cells[cell] = (cells[cell] as number) + 1
      })
      const expected = people.length / 16
      const chiSquare = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
      expect(chiSquare, `${salts[i]} and ${salts[j]}`).toBeLessThan(44.3)
    }
  }
})

test('a decision is one of the answers made beforehand, so it allocates none', () => {
  const flag = flagOf({ defaultServe: share(50_000) })
  const outcomes = new Set(Array.from({ length: 100 }, (_, i) => decide(flag, `user-${i}`)))
  expect([...outcomes].map(({ variant }) => variant).sort()).toEqual(['off', 'on'])
})
