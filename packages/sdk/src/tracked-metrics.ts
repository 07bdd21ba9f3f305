// What the application tracks, summed up: for the whole process, by variant of the flags that it asks for, and per arm of
// every ramp that runs.
import { hashUnit, type User } from '@rampart/evaluation'
import { ComparedMetrics } from './compared-metrics.ts'
import { type MetricRow, MetricSums } from './metric-sums.ts'
import type { ServedFlags } from './served-flags.ts'
import { callSafely, type OnWarning } from './warnings.ts'

interface Metric {
  name: string
  hash: number
  sums: MetricSums
}

const MOST_METRICS = 32
const LONGEST_NAME = 128
const LARGEST_VALUE = 1e12

export class TrackedMetrics {
  private readonly metrics = new Map<string, Metric>()
  private readonly compared: ComparedMetrics
  private readonly flags: ServedFlags
  private readonly warn: OnWarning

  constructor(flags: ServedFlags, warn: OnWarning) {
    this.flags = flags
    this.compared = new ComparedMetrics(flags)
    this.warn = warn
  }

  /** Never throws. */
  track(name: string, user: User, value: number | undefined): void {
    callSafely(() => this.add(name, user, value), ignore)
  }

  /**
   * The sums since the last call, which sets them to zero.
   * @param asked keys of flags that were asked for since
   */
  drain(asked: Iterable<string> = []): MetricRow[] {
    const rows: MetricRow[] = []
    for (const { name, sums } of this.metrics.values()) sums.drain({ metric: name }, rows)
    callSafely(() => this.compared.drain(asked, rows), ignore)
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
    metric.sums.add(value, given !== undefined)
    callSafely(() => this.compared.track(name, user, value, given !== undefined), ignore)
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
    const metric: Metric = { name, sums: new MetricSums(), hash: hashUnit(name, 0) }
    this.metrics.set(name, metric)
    return metric
  }
}

function ignore(): void {}
