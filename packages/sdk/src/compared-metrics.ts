// What is tracked, by the variant that its user gets: the graphs of those who have a flag against those who have not.
import { type CompiledFlag, decide, type User, WEIGHT_SCALE } from '@rampart/evaluation'
import { type MetricRow, MetricSums } from './metric-sums.ts'
import type { ServedFlags } from './served-flags.ts'

/** Each is decided for every value that is tracked. Of more the newest count, and so the same ones in every process. */
const MOST_COMPARED = 16

export class ComparedMetrics {
  private readonly flags: ServedFlags
  /** Flags that this process was asked for and that not everybody gets alike, with their sums by metric and variant. */
  private compared = new Map<string, Map<string, Map<string, MetricSums>>>()

  constructor(flags: ServedFlags) {
    this.flags = flags
  }

  /** @throws whatever reading the user throws */
  track(metric: string, user: User, value: number, hasValue: boolean): void {
    for (const [key, metrics] of this.compared) {
      const served = this.flags.admit(key)
      if (served === undefined || served.isOverridden) continue
      const { variant } = decide(served.flag, user)
      if (variant === undefined) continue
      let variants = metrics.get(metric)
      if (variants === undefined) {
        variants = new Map()
        metrics.set(metric, variants)
      }
      let sums = variants.get(variant)
      if (sums === undefined) {
        sums = new MetricSums()
        variants.set(variant, sums)
      }
      sums.add(value, hasValue)
    }
  }

  /**
   * Hands the sums on and sets them to zero.
   * @param asked keys of flags that were asked for since the last call
   */
  drain(asked: Iterable<string>, into: MetricRow[]): void {
    for (const [flag, metrics] of this.compared) {
      for (const [metric, variants] of metrics) {
        for (const [variant, sums] of variants) sums.drain({ metric, flag, variant }, into)
      }
    }
    this.compare(new Set([...this.compared.keys(), ...asked]))
  }

  private compare(keys: Set<string>): void {
    const chosen = [...keys]
      .filter((key) => {
        const served = this.flags.admit(key)
        return served !== undefined && isDivided(served.flag)
      })
      .map((key) => ({ key, revision: this.flags.revisionOf(key) }))
      .sort((a, b) => b.revision - a.revision)
      .slice(0, MOST_COMPARED)
    this.compared = new Map(chosen.map(({ key }) => [key, this.compared.get(key) ?? new Map()]))
  }
}

/** True where chance decides who gets what: a rollout for a share of people, or one that is split. */
function isDivided({ ramp, rules }: CompiledFlag): boolean {
  if (ramp !== null) return true
  return rules.some(({ rollout }) => {
    if (rollout === null || rollout.weight === 0) return false
    return rollout.weight < WEIGHT_SCALE || rollout.only === null
  })
}
