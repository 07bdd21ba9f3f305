// What the application's calls meet: flags ready to decide, and beside each its counters, counted in place. A flag gets
// here when it is first asked for, so an application that uses ten of ten thousand flags pays for ten.
import {
  type CompiledFlag,
  type CompiledSnapshot,
  compileSnapshot,
  decide,
  type Outcome,
  type User,
} from '@rampart/evaluation'
import type { Change, HeldRows } from './held-rows.ts'
import { RampCounts, type RampRow } from './ramp-counts.ts'
import type { Exposure } from './telemetry.ts'
import type { OnWarning } from './warnings.ts'

export interface ServedFlag {
  flag: CompiledFlag
  /** Exposures since the last drain, by slot of the outcome. The slot behind the last variant is nobody's business. */
  counts: number[]
  /** Null unless a ramp of this flag runs. */
  ramp: RampCounts | null
}

/** Each takes 130 kB and more; an application that meets more ramps at a time is counted for these. */
const MOST_RAMPS = 32

const NO_FLAGS = { epoch: '', revision: 0, project: '', environment: '', flags: [], segments: [] }

export class ServedFlags {
  /** Read by the hot path; a key that is missing may still be admitted. */
  readonly served: Map<string, ServedFlag> = new Map()
  compiled: CompiledSnapshot = compileSnapshot(NO_FLAGS)
  /** Counts whose flag has since changed its allocation or its variants. */
  private readonly drained: Exposure[] = []
  private readonly drainedRamps: RampRow[] = []
  private isComplete = false
  private rows: HeldRows | undefined
  private rampedFlags: readonly ServedFlag[] | undefined
  private ramps = 0
  private readonly warn: OnWarning | undefined

  constructor(warn?: OnWarning) {
    this.warn = warn
  }

  /** Takes over what `change` did to `rows`. Flags that nothing touched stay as they are, counters and all. */
  follow(rows: HeldRows, change: Change): void {
    const { cursor } = rows
    this.compiled = compileSnapshot({
      ...NO_FLAGS,
      epoch: cursor?.epoch ?? '',
      revision: cursor?.revision ?? 0,
      flags: [...rows.flags.values()],
      segments: [...rows.segments.values()],
    })
    this.isComplete = false
    this.rows = rows
    this.rampedFlags = undefined
    const touched = new Set(change.flags)
    for (const [key, served] of this.served) {
      const { prerequisites, problem } = served.flag
      // A flag may be malformed only because its prerequisite was missing, which may just have arrived.
      const dependsOnOthers = prerequisites.length > 0 || problem !== undefined || change.segments.length > 0
      if (dependsOnOthers || touched.has(key)) this.replace(key, served)
    }
  }

  /** Undefined when there is no such flag. */
  admit(key: string): ServedFlag | undefined {
    const flag = this.compiled.flag(key)
    if (flag === undefined) return undefined
    const served: ServedFlag = { flag, counts: zeros(flag), ramp: null }
    this.beginRamp(served)
    this.served.set(key, served)
    return served
  }

  /** The flags of which a ramp runs. */
  ramped(): readonly ServedFlag[] {
    this.rampedFlags ??= this.findRamped()
    return this.rampedFlags
  }

  /** The answer without admitting or counting anything. */
  preview(key: string, user: User): Outcome | undefined {
    const flag = this.compiled.flag(key)
    return flag === undefined ? undefined : decide(flag, user)
  }

  /** Every flag, by key, in no particular order. */
  all(): ReadonlyMap<string, ServedFlag> {
    if (!this.isComplete) {
      for (const key of this.compiled.keys()) if (!this.served.has(key)) this.admit(key)
      this.isComplete = true
    }
    return this.served
  }

  /** The counts since the last call, which sets them to zero. */
  drain(): { exposures: Exposure[]; ramps: RampRow[] } {
    const exposures = this.drained.splice(0)
    const ramps = this.drainedRamps.splice(0)
    for (const served of this.served.values()) {
      collect(served, exposures)
      served.ramp?.drain(ramps)
    }
    return { exposures, ramps }
  }

  private findRamped(): ServedFlag[] {
    const found: ServedFlag[] = []
    for (const { key, ramp } of this.rows?.flags.values() ?? []) {
      const served = ramp === undefined ? undefined : (this.served.get(key) ?? this.admit(key))
      if (served?.ramp) found.push(served)
    }
    return found
  }

  private beginRamp(served: ServedFlag): void {
    if (served.flag.ramp === null) return
    if (this.ramps >= MOST_RAMPS) {
      this.warn?.(`more than ${MOST_RAMPS} ramps run: the arms of "${served.flag.key}" are not counted here`)
      return
    }
    served.ramp = new RampCounts(served.flag)
    this.ramps += 1
  }

  private endRamp(served: ServedFlag): void {
    if (served.ramp === null) return
    served.ramp.drain(this.drainedRamps)
    served.ramp = null
    this.ramps -= 1
  }

  private replace(key: string, served: ServedFlag): void {
    const flag = this.compiled.flag(key)
    if (flag === undefined) {
      collect(served, this.drained)
      this.endRamp(served)
      this.served.delete(key)
      return
    }
    if (!countsAlike(served.flag, flag)) {
      collect(served, this.drained)
      served.counts = zeros(flag)
    }
    served.flag = flag
    if (served.ramp?.fits(flag) === false) this.endRamp(served)
    if (served.ramp === null) this.beginRamp(served)
  }
}

function collect(served: ServedFlag, into: Exposure[]): void {
  const { flag, counts } = served
  for (let slot = 0; slot < flag.variants.length; slot++) {
    const count = counts[slot] ?? 0
    const variant = flag.variants[slot]
    if (count === 0 || variant === undefined) continue
    into.push({ flag: flag.key, variant: variant.name, allocation: flag.allocation, count })
    counts[slot] = 0
  }
  counts[flag.variants.length] = 0
}

/** Counters may be carried over when they would mean the same afterwards. */
function countsAlike(before: CompiledFlag, after: CompiledFlag): boolean {
  return (
    before.allocation === after.allocation &&
    before.variants.length === after.variants.length &&
    before.variants.every((variant, slot) => variant.name === after.variants[slot]?.name)
  )
}

function zeros(flag: CompiledFlag): number[] {
  return Array.from({ length: flag.variants.length + 1 }, () => 0)
}
