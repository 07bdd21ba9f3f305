import * as fc from 'fast-check'
import oracle from 'murmurhash'
import { expect, test } from 'vitest'
import murmurhash from './murmurhash.ts'

test('is the hash of the package, for any bytes and seed', () => {
  const seeds = fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 })
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), seeds, (bytes, seed) => {
      expect(murmurhash.v3(bytes, seed)).toBe(oracle.v3(bytes, seed))
    }),
    { numRuns: 5_000 },
  )
})

test.each(['größe-🚩', '日本語', 'é', '\ud800', 'x'.repeat(5_000) + 'ü'])(
  'is the hash of the package for %s',
  (text) => {
    const bytes = new TextEncoder().encode(text)
    expect(murmurhash.v3(bytes, 7)).toBe(oracle.v3(text, 7))
  },
)
