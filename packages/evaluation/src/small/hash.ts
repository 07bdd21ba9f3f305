// The hash of hash.ts for builds that are counted in bytes: no road of its own for ASCII text.

const encoder = new TextEncoder()

export function hashUnit(unit: string, seed: number): number {
  const bytes = encoder.encode(unit)
  const { length } = bytes
  let hash = seed
  for (let i = 0; i < length; i += 4) {
    // Bytes behind the end read as undefined, and that as 0.
    const block = byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24)
    const k = Math.imul(block, 0xcc9e2d51)
    hash ^= Math.imul((k << 15) | (k >>> 17), 0x1b873593)
    if (i + 4 <= length) hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
  }
  hash ^= length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)

  function byte(at: number): number {
    return bytes[at] as number
  }
}
