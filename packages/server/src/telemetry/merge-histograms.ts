/** Stands for values of 0 or less, below every bin. */
export const ZEROS = -32_768
/** A value of 1 lies in the bin that ends at gamma^0. */
const BIN_OF_ONE = 0
const BINS = 2 ** 16

/** A piece of a histogram: two lists of numbers between commas, of equal length, both null where there is none. */
export interface HistogramText {
  zeros: number | null
  bins: string | null
  binCounts: string | null
}

export interface Quantiles {
  /** Whether there is no value but 0 and 1. */
  isShare: boolean
  p50: number
  p95: number
  p99: number
}

/** Merges histograms and answers the bins of their quantiles. It keeps its scratch: make one for a whole graph. */
export function createHistogramMerge(): (pieces: readonly HistogramText[]) => Quantiles | undefined {
  const counts = new Float64Array(BINS)

  return (pieces) => {
    const met: number[] = []
    let total = 0
    const add = (bin: number, count: number) => {
      const at = bin - ZEROS
      if (counts[at] === 0) met.push(bin)
      counts[at] = (counts[at] ?? 0) + count
      total += count
    }
    for (const { zeros, bins, binCounts } of pieces) {
      if (zeros) add(ZEROS, zeros)
      const numbers = listed(bins)
      const beside = listed(binCounts)
      for (let at = 0; at < numbers.length; at += 1) add(numbers[at] as number, beside[at] as number)
    }
    if (total === 0) return undefined
    const ascending = Int32Array.from(met).sort()
    const found = quantilesOf(ascending, counts, total)
    for (const bin of ascending) counts[bin - ZEROS] = 0
    return found
  }
}

/** Engines read a list of numbers faster as JSON than anything that is written by hand does. */
function listed(text: string | null): number[] {
  return text === null ? [] : (JSON.parse(`[${text}]`) as number[])
}

/** A quantile is the first bin at which its share of all values is reached. */
function quantilesOf(ascending: Int32Array, counts: Float64Array, total: number): Quantiles {
  const shares = [0.5, 0.95, 0.99]
  const reached: number[] = []
  let upto = 0
  for (const bin of ascending) {
    upto += counts[bin - ZEROS] ?? 0
    while (reached.length < shares.length && upto >= (shares[reached.length] ?? 1) * total) reached.push(bin)
  }
  const [p50, p95, p99] = reached as [number, number, number]
  return { isShare: ascending.every((bin) => bin === ZEROS || bin === BIN_OF_ONE), p50, p95, p99 }
}
