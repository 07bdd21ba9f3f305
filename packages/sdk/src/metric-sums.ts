// Sums of one metric: a count, a sum, and a histogram from which any quantile can be told to one per cent. They merge by
// adding, in whatever order.

/** Sums of one metric: of those who get a variant of a flag, or, without a flag, over everybody. */
export interface MetricRow {
  metric: string
  flag?: string
  variant?: string
  count: number
  sum: number
  /** Values given as 0 or less. */
  zeros: number
  /** `[index, count]` of a histogram: bin i holds the values above gamma^(i-1) and up to gamma^i. */
  bins: [number, number][]
}

/** Bins a hundredth wide on either side. */
const LOG_GAMMA = Math.log(1.01 / 0.99)
/** Together with the largest value that is counted it bounds the number of bins, to about 1 700. */
const LEAST_BINNED = 0.001

/** Index of the bin of a value above 0. */
export function binOf(value: number): number {
  return Math.ceil(Math.log(Math.max(value, LEAST_BINNED)) / LOG_GAMMA)
}

export class MetricSums {
  private count = 0
  private sum = 0
  private zeros = 0
  private readonly bins = new Map<number, number>()

  /** @param hasValue false for an occurrence, which counts as one and has no place in a histogram */
  add(value: number, hasValue: boolean): void {
    this.count += 1
    this.sum += value
    if (!hasValue) return
    if (value <= 0) {
      this.zeros += 1
      return
    }
    const bin = binOf(value)
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + 1)
  }

  /** Hands the sums on and sets them to zero. */
  drain(name: Pick<MetricRow, 'metric' | 'flag' | 'variant'>, into: MetricRow[]): void {
    const { count, sum, zeros, bins } = this
    if (count === 0) return
    into.push({ ...name, count, sum, zeros, bins: [...bins] })
    this.count = 0
    this.sum = 0
    this.zeros = 0
    bins.clear()
  }
}
