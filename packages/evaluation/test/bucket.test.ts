import { readFileSync } from 'node:fs'
import murmurhash from 'murmurhash'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf, hashUnit, SUB_BUCKETS, seedOf, subBucketOf, VARIANT_SALT_SUFFIX } from '../src/index.ts'
import { flagOf, servedTo } from './flags.ts'

interface Vectors {
  buckets: { salt: string; unit: string; seed: number; hash: number; bucket: number }[]
  included: { salt: string; included: Record<string, number> }[]
  variants: { salt: string; unit: string; split: [string, number][]; variant: string }[]
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/bucketing-v1.json', import.meta.url), 'utf8')) as Vectors

describe('the bucketing contract, version 1', () => {
  test('gives the bucket of every vector', () => {
    expect(vectors.buckets).toHaveLength(447)
    for (const { salt, unit, seed, hash, bucket } of vectors.buckets) {
      const got = hashUnit(unit, seedOf(salt))
      expect([seedOf(salt) >>> 0, got >>> 0, bucketOf(got)], `${salt} ${unit}`).toEqual([seed, hash, bucket])
    }
  })

  test('gives the variant of every vector, through a flag', () => {
    expect(vectors.variants).toHaveLength(80)
    for (const { salt, unit, split, variant } of vectors.variants) {
      const flag = flagOf({
        salt,
        type: 'string',
        variants: ['none', ...split.map(([name]) => name)].map((name) => ({ name, value: name })),
        offVariant: 'none',
        defaultServe: {
          rollout: { weight: 100_000, split: split.map(([name, weight]) => ({ variant: name, weight })) },
        },
      })
      expect(servedTo(flag, unit), `${salt} ${unit}`).toBe(variant)
    }
  })

  test('includes exactly as many of 100 000 units as the vectors say, through a flag', () => {
    expect(vectors.included).toHaveLength(2)
    for (const { salt, included } of vectors.included) {
      for (const [weight, expected] of Object.entries(included)) {
        const split = [{ variant: 'on', weight: 100_000 }]
        const flag = flagOf({ salt, defaultServe: { rollout: { weight: Number(weight), split } } })
        let count = 0
        for (let i = 0; i < 100_000; i++) if (servedTo(flag, `user-${i}`) === 'on') count++
        expect(count, `${salt} at ${weight}`).toBe(expected)
      }
    }
  })

  test('hashes any text as the npm package does, ASCII or not', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'binary-ascii' }),
    )
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (unit, seed) => {
        expect(hashUnit(unit, seed) >>> 0).toBe(murmurhash.v3(unit, seed))
      }),
      { numRuns: 2_000 },
    )
  })

  test('hashes lone surrogates and text longer than the reused buffer as the npm package does', () => {
    for (const unit of ['\ud83d', 'a\udc00b', 'é'.repeat(1_024), 'é'.repeat(1_025), `${'a'.repeat(50_000)}é`]) {
      expect(hashUnit(unit, 7) >>> 0).toBe(murmurhash.v3(unit, 7))
    }
  })

  test('cuts exactly where the contract divides', () => {
    for (const hash of [0, 1, 42_949, 42_950, 2 ** 31, 2 ** 32 - 1]) {
      expect(bucketOf(hash)).toBe(Number((BigInt(hash) * 100_000n) >> 32n))
    }
  })

  test('takes the sub-bucket from the low bits of the same hash', () => {
    expect(subBucketOf(0xffff_ff85)).toBe(5)
    expect(SUB_BUCKETS).toBe(128)
    expect(VARIANT_SALT_SUFFIX).toBe('#variant')
  })
})
