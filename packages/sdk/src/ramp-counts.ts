// What a running ramp is judged by: sums per arm and sub-bucket of the units met for the first time, and of what the
// application tracks about them. They belong to one allocation version of one flag, and hold no id.
import {
  armOf,
  armsOf,
  type CompiledFlag,
  type CompiledRamp,
  hashUnit,
  keyOf,
  type MetricLimits,
  NO_ARM,
  NO_KEY,
  SUB_BUCKETS,
  subBucketOf,
  unitFor,
  type User,
} from '@rampart/evaluation'
import { binOf } from './metric-sums.ts'
import { UnitFilter } from './unit-filter.ts'

/** One arm's sums of one metric, or, without a metric, of exposures. */
export interface RampRow {
  flag: string
  allocation: number
  /** Null for the control arm: in reach of the rollout and outside of its share. */
  variant: string | null
  metric?: string
  /**
   * `[subBucket, units]`, for a metric `[subBucket, units, count, sum, logSum]`, and `[..., over95, over99, capped]` where
   * the ramp has limits for it; those that are zero are left out.
   */
  subBuckets: number[][]
}

/** What has no value counts as one. Logarithms are of milliseconds: below 0.1 and above ten minutes nothing is told apart. */
const LEAST_LOGGED = 0.1
const MOST_LOGGED = 600_000

const UNITS = 0
const COUNT = 1
const SUM = 2
const LOG_SUM = 3
const OVER_95 = 4
const OVER_99 = 5
const CAPPED = 6
const FIELDS = 7
/** Those that need no limits. */
const PLAIN_FIELDS = 4

export class RampCounts {
  readonly allocation: number
  private readonly flag: string
  /** By arm; null for the control. */
  private readonly variants: readonly (string | undefined | null)[]
  private readonly filter = new UnitFilter()
  private readonly exposures: Float64Array
  private readonly metrics = new Map<string, MetricSums>()
  private readonly limits: CompiledRamp['limits']
  private hasNews = false

  constructor(flag: CompiledFlag, ramp: CompiledRamp) {
    this.flag = flag.key
    this.allocation = flag.allocation
    this.variants = armsOf(ramp)
    this.limits = typeof ramp.limits === 'object' ? (ramp.limits ?? undefined) : undefined
    this.exposures = new Float64Array(this.variants.length * SUB_BUCKETS)
  }

  /** True while these sums go on meaning the same for `flag`: also while it is off or killed, for it may come back. */
  fits(flag: CompiledFlag): boolean {
    if (flag.allocation !== this.allocation) return false
    if (flag.ramp === null) return flag.always?.reason === 'DISABLED'
    const arms = armsOf(flag.ramp)
    return arms.length === this.variants.length && arms.every((variant, arm) => variant === this.variants[arm])
  }

  /** Counts the first exposure of each unit. Never throws. */
  expose(flag: CompiledFlag, user: User): void {
    const { ramp } = flag
    if (ramp === null) return
    try {
      const unit = unitFor(ramp.rollout, user, keyOf(user))
      if (unit === NO_KEY) return
      const hash = hashUnit(unit, ramp.rollout.seed)
      const arm = armOf(flag, ramp, user, unit, hash)
      if (arm === NO_ARM || !this.filter.add(hash)) return
      const at = placeOf(arm, hash)
      this.exposures[at] = (this.exposures[at] as number) + 1
      this.hasNews = true
    } catch {
      // A user that can be read only sometimes is nobody who could be counted.
    }
  }

  /**
   * Adds what happened to a user, if the ramp decides about them.
   * @throws whatever reading the user throws
   */
  track(flag: CompiledFlag, user: User, metric: string, metricHash: number, value: number): void {
    const { ramp } = flag
    if (ramp === null) return
    const unit = unitFor(ramp.rollout, user, keyOf(user))
    if (unit === NO_KEY) return
    const hash = hashUnit(unit, ramp.rollout.seed)
    const arm = armOf(flag, ramp, user, unit, hash)
    if (arm === NO_ARM) return
    let sums = this.metrics.get(metric)
    if (sums === undefined) {
      sums = new Float64Array(this.variants.length * SUB_BUCKETS * FIELDS)
      this.metrics.set(metric, sums)
    }
    const at = placeOf(arm, hash) * FIELDS
    if (this.filter.add(hash ^ metricHash)) sums[at + UNITS] = (sums[at + UNITS] as number) + 1
    sums[at + COUNT] = (sums[at + COUNT] as number) + 1
    sums[at + SUM] = (sums[at + SUM] as number) + value
    const logged = Math.min(Math.max(value, LEAST_LOGGED), MOST_LOGGED)
    sums[at + LOG_SUM] = (sums[at + LOG_SUM] as number) + Math.log(logged)
    const limits = this.limitsOf(metric)
    if (limits !== undefined) {
      const bin = value > 0 ? binOf(value) : Number.NEGATIVE_INFINITY
      if (bin > limits.over95) sums[at + OVER_95] = (sums[at + OVER_95] as number) + 1
      if (bin > limits.over99) sums[at + OVER_99] = (sums[at + OVER_99] as number) + 1
      sums[at + CAPPED] = (sums[at + CAPPED] as number) + Math.min(value, limits.cap)
    }
    this.hasNews = true
  }

  /** What the metric is measured against in this allocation; undefined when that is not known, or is no measure. */
  private limitsOf(metric: string): MetricLimits | undefined {
    const { limits } = this
    if (limits === undefined || !Object.hasOwn(limits, metric)) return undefined
    const { over95, over99, cap } = limits[metric] ?? {}
    return Number.isFinite(over95) && Number.isFinite(over99) && Number.isFinite(cap) ? limits[metric] : undefined
  }

  /** Hands the sums on and sets them to zero. Who was met before stays known. */
  drain(into: RampRow[]): void {
    if (!this.hasNews) return
    this.hasNews = false
    const { flag, allocation, variants } = this
    variants.forEach((name, arm) => {
      const variant = name ?? null
      const units = sparse(this.exposures, arm, 1, 1)
      if (units.length > 0) into.push({ flag, allocation, variant, subBuckets: units })
      for (const [metric, sums] of this.metrics) {
        const told = this.limitsOf(metric) === undefined ? PLAIN_FIELDS : FIELDS
        const subBuckets = sparse(sums, arm, FIELDS, told)
        if (subBuckets.length > 0) into.push({ flag, allocation, variant, metric, subBuckets })
      }
    })
    this.exposures.fill(0)
    for (const sums of this.metrics.values()) sums.fill(0)
  }
}

type MetricSums = Float64Array

function placeOf(arm: number, hash: number): number {
  return arm * SUB_BUCKETS + subBucketOf(hash)
}

/** @param told how many of the fields are handed on */
function sparse(sums: Float64Array, arm: number, fields: number, told: number): number[][] {
  const rows: number[][] = []
  // The last but the first field of a metric counts calls: where that is zero so is everything.
  const decisive = fields === 1 ? 0 : COUNT
  for (let subBucket = 0; subBucket < SUB_BUCKETS; subBucket += 1) {
    const at = (arm * SUB_BUCKETS + subBucket) * fields
    if (sums[at + decisive] === 0) continue
    rows.push([subBucket, ...sums.subarray(at, at + told)])
  }
  return rows
}
