// Stands in for the package `murmurhash` in the edge build, which has two hashes and takes 560 bytes more of a bundle that
// is counted in bytes. Only text beyond ASCII comes here; tests hold it against the package.

/** murmur3_x86_32 of bytes. */
function v3(bytes: Uint8Array, seed: number): number {
  const { length } = bytes
  const tail = length & ~3
  let hash = seed | 0
  let i = 0
  for (; i < tail; i += 4) {
    hash ^= mix(byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24))
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  // Bytes behind the end read as undefined, and that as 0.
  if (i < length) hash ^= mix(byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16))
  hash ^= length
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0

  function byte(at: number): number {
    return bytes[at] as number
  }
}

function mix(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}

const murmurhash: { v3: typeof v3 } = { v3 }
export default murmurhash
