// Has this unit been met before? Answered from 128 kB of bits, however many units there are, because ids must not be kept.
// It may say yes to a unit that is new: to 1.5 % of the first 100 000, and 17 % of the first 500 000. Which ones has nothing
// to do with the arm or sub-bucket they are in: arms lose alike, and their comparison stays fair.

const WORDS = 32_768

export class UnitFilter {
  private readonly words = new Int32Array(WORDS)

  /**
   * True the first time that it gets this hash. Two bits of one word stand for it: a single look at memory.
   * @param hash 32 bits; they may be in use elsewhere, and are mixed once more
   */
  add(hash: number): boolean {
    // Inclusion reads the high bits of the same hash, the sub-bucket its low ones. Unmixed, the people of a small share
    // would all fall into one corner of the filter.
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b)
    mixed ^= mixed >>> 16
    const at = mixed & (WORDS - 1)
    const bits = (1 << (mixed >>> 15)) | (1 << (mixed >>> 20))
    const word = this.words[at] as number
    if ((word & bits) === bits) return false
    this.words[at] = word | bits
    return true
  }
}
