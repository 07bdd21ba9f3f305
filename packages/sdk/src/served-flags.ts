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
import type { Exposure } from './telemetry.ts'

export interface ServedFlag {
  flag: CompiledFlag
  /** Exposures since the last drain, by slot of the outcome. The slot behind the last variant is nobody's business. */
  counts: number[]
}

const NO_FLAGS = { epoch: '', revision: 0, project: '', environment: '', flags: [], segments: [] }

export class ServedFlags {
  /** Read by the hot path; a key that is missing may still be admitted. */
  readonly served: Map<string, ServedFlag> = new Map()
  compiled: CompiledSnapshot = compileSnapshot(NO_FLAGS)
  /** Counts whose flag has since changed its allocation or its variants. */
  private readonly drained: Exposure[] = []
  private isComplete = false

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
    const served = { flag, counts: zeros(flag) }
    this.served.set(key, served)
    return served
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
  drain(): Exposure[] {
    const exposures = this.drained.splice(0)
    for (const served of this.served.values()) collect(served, exposures)
    return exposures
  }

  private replace(key: string, served: ServedFlag): void {
    const flag = this.compiled.flag(key)
    if (flag === undefined) {
      collect(served, this.drained)
      this.served.delete(key)
      return
    }
    if (!countsAlike(served.flag, flag)) {
      collect(served, this.drained)
      served.counts = zeros(flag)
    }
    served.flag = flag
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
