// murmur3_x86_32, as the bucketing contract has it (bucket.ts).
import murmurhash from 'murmurhash'

/**
 * murmur3_x86_32 over the UTF-8 bytes of `unit`. The 32 bits are given as a signed integer (`>>> 0` makes it the
 * usual one): JavaScript engines put an unsigned one above 2^31 on the heap, and an evaluation should leave no litter.
 */
export function hashUnit(unit: string, seed: number): number {
  // ASCII text, nearly every id there is, is hashed from its char codes in place. Encoding it first, as the general
  // path must, costs several times as much, and hashing is the largest part of an evaluation.
  const length = unit.length
  const tail = length & ~3
  let hash = seed | 0
  let i = 0
  for (; i < tail; i += 4) {
    const a = unit.charCodeAt(i)
    const b = unit.charCodeAt(i + 1)
    const c = unit.charCodeAt(i + 2)
    const d = unit.charCodeAt(i + 3)
    if ((a | b | c | d) > 127) return hashEncoded(unit, seed)
    hash ^= mix(a | (b << 8) | (c << 16) | (d << 24))
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  if (i < length) {
    let block = 0
    let seen = 0
    for (let shift = 0; i < length; i++, shift += 8) {
      const code = unit.charCodeAt(i)
      seen |= code
      block |= code << shift
    }
    if (seen > 127) return hashEncoded(unit, seed)
    hash ^= mix(block)
  }
  hash ^= length
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function mix(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}

const encoder = new TextEncoder()
// UTF-8 needs at most three bytes for a UTF-16 unit, so 1 024 units always fit. Reused: a call allocates no text.
const scratch = new Uint8Array(3 * 1024)

function hashEncoded(unit: string, seed: number): number {
  if (unit.length * 3 > scratch.length) return murmurhash.v3(encoder.encode(unit), seed) | 0
  const { written } = encoder.encodeInto(unit, scratch)
  return murmurhash.v3(scratch.subarray(0, written), seed) | 0
}
