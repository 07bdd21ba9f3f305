// What the application tracks, summed up: for the whole process, and per arm of every ramp that runs.
import { hashUnit, type User } from '@rampart/evaluation'
import type { ServedFlags } from './served-flags.ts'
import { callSafely, type OnWarning } from './warnings.ts'

/** Sums of one metric over everything tracked, whoever it was about. */
export interface MetricRow {
  metric: string
  count: number
  sum: number
  /** Values given as 0 or less. */
  zeros: number
  /** `[index, count]` of a histogram: bin i holds the values above gamma^(i-1) and up to gamma^i. */
  bins: [number, number][]
}

interface Metric extends Omit<MetricRow, 'bins'> {
  hash: number
  bins: Map<number, number>
}

const MOST_METRICS = 32
const LONGEST_NAME = 128
const LARGEST_VALUE = 1e12

/** Bins a hundredth wide on either side: any quantile is told to one per cent, and counts merge by adding them. */
const LOG_GAMMA = Math.log(1.01 / 0.99)
/** Together with LARGEST_VALUE it bounds the number of bins, to about 1 700. */
const LEAST_BINNED = 0.001

export class TrackedMetrics {
  private readonly metrics = new Map<string, Metric>()
  private readonly flags: ServedFlags
  private readonly warn: OnWarning

  constructor(flags: ServedFlags, warn: OnWarning) {
    this.flags = flags
    this.warn = warn
  }

  /** Never throws. */
  track(name: string, user: User, value: number | undefined): void {
    callSafely(() => this.add(name, user, value), ignore)
  }

  /** The sums since the last call, which sets them to zero. */
  drain(): MetricRow[] {
    const rows: MetricRow[] = []
    for (const metric of this.metrics.values()) {
      if (metric.count === 0) continue
      const { metric: name, count, sum, zeros, bins } = metric
      rows.push({ metric: name, count, sum, zeros, bins: [...bins] })
      Object.assign(metric, { count: 0, sum: 0, zeros: 0 })
      bins.clear()
    }
    return rows
  }

  private add(name: string, user: User, given: number | undefined): void {
    if (given !== undefined && !Number.isFinite(given)) {
      this.warn(`track("${name}") was given a value that is no finite number; it was not counted`)
      return
    }
    const metric = this.metrics.get(name) ?? this.admit(name)
    if (metric === undefined) return
    // What has no value is an occurrence, and its sum counts them.
    const value = Math.min(Math.max(given ?? 1, -LARGEST_VALUE), LARGEST_VALUE)
    metric.count += 1
    metric.sum += value
    if (given !== undefined) bin(metric, value)
    for (const { flag, ramp } of this.flags.ramped()) ramp?.track(flag, user, name, metric.hash, value)
  }

  private admit(name: string): Metric | undefined {
    if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) {
      this.warn(`track() needs the name of a metric, text of 1 to ${LONGEST_NAME} characters`)
      return undefined
    }
    if (this.metrics.size >= MOST_METRICS) {
      this.warn(
        `metric "${name}" is not counted: ${MOST_METRICS} are tracked already. Use few names, and no ids in them.`,
      )
      return undefined
    }
    const metric: Metric = { metric: name, count: 0, sum: 0, zeros: 0, bins: new Map(), hash: hashUnit(name, 0) }
    this.metrics.set(name, metric)
    return metric
  }
}

function bin(metric: Metric, value: number): void {
  if (value <= 0) {
    metric.zeros += 1
    return
  }
  const index = Math.ceil(Math.log(Math.max(value, LEAST_BINNED)) / LOG_GAMMA)
  metric.bins.set(index, (metric.bins.get(index) ?? 0) + 1)
}

function ignore(): void {}
