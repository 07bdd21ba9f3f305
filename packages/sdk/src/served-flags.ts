// What the application's calls meet: flags ready to decide, and beside each its counters, counted in place. A flag is
// compiled when it is first asked for, or a moment after it has arrived, a few at a time: a snapshot of 10 000 flags must
// not stop the application's event loop.
import {
  type CompiledFlag,
  type CompiledSegment,
  type CompiledSnapshot,
  compileDocuments,
  type FlagDocument,
  findRamp,
  type JsonValue,
  type User,
} from '@rampart/evaluation'
import { documentOf, putOnPage } from './flag-row.ts'
import type { Change, HeldRows } from './held-rows.ts'
import { misfitOf, overridden, type Overrides } from './overrides.ts'
import { LinePages } from './line-pages.ts'
import { Needs } from './needs.ts'
import { RampCounts, type RampRow } from './ramp-counts.ts'
import { indexOnce, shareAnswers, shareConditions } from './share-parts.ts'
import type { Exposure } from './telemetry.ts'
import type { OnWarning } from './warnings.ts'

export interface ServedFlag {
  flag: CompiledFlag
  /** Exposures since the last drain, by slot of the outcome. The slot behind the last variant is nobody's business. */
  counts: number[]
  /** Null unless a ramp of this flag runs. */
  ramp: RampCounts | null
  /** Answers what a developer wants to see: nothing that anybody should count. */
  isOverridden: boolean
}

/** Each takes 130 kB and more; an application that meets more ramps at a time is counted for these. */
const MOST_RAMPS = 32
const SLICE_MS = 3

export interface ServedFlagsOptions {
  /** Gives others a turn. Without it nothing is compiled before it is asked for. */
  pause?: () => Promise<void>
  warn?: OnWarning
  /** Shown one user now and then, see `showNext`. */
  onUser?: (user: User) => void
}

export class ServedFlags {
  /** Read by the hot path; a key that is missing may still be admitted. */
  readonly served: Map<string, ServedFlag> = new Map()
  compiled: CompiledSnapshot
  /** Flags whose document, or something it depends on, has changed since. Their counters go on once they are compiled. */
  private readonly stale = new Map<string, ServedFlag>()
  private readonly segments = new Map<string, CompiledSegment>()
  private readonly needs = new Needs()
  /** Counts whose flag has since changed its allocation or its variants. */
  private readonly drained: Exposure[] = []
  private readonly drainedRamps: RampRow[] = []
  private rows: HeldRows | undefined
  private readonly pages = new LinePages()
  private rampedFlags: readonly ServedFlag[] | undefined
  private ramps = 0
  private compiling: Promise<void> | undefined
  private isClosed = false
  /** Taken out of `served`, so that whoever asks for it next comes by `admit`. */
  private waylaid: ServedFlag | undefined
  private overrides: ReadonlyMap<string, JsonValue> = new Map()
  /** Those of them that their flag can serve, as far as it was looked up. */
  private readonly overriding = new Set<string>()
  private readonly options: ServedFlagsOptions

  constructor(options: ServedFlagsOptions = {}) {
    this.options = options
    this.compiled = this.compileAnew(0)
  }

  /** Takes over what `change` did to `rows`. Flags that nothing touched stay as they are, counters and all. */
  follow(rows: HeldRows, change: Change): void {
    this.letGo()
    this.rows = rows
    this.forget(rows, change)
    this.compiled = this.compileAnew(rows.cursor?.revision ?? 0)
    this.rampedFlags = undefined
    const { pause } = this.options
    if (pause !== undefined) this.compiling ??= this.compileAll(rows, pause)
  }

  /** Sets these instead of those before. Returns the keys of the flags that may now answer something else. */
  override(overrides: Overrides): string[] {
    const keys = new Set([...this.overrides.keys(), ...Object.keys(overrides)])
    this.overrides = new Map(Object.entries(overrides))
    this.overriding.clear()
    return [...keys]
  }

  isOverridden(key: string): boolean {
    return this.overrides.has(key) && this.admit(key)?.isOverridden === true
  }

  overriddenKeys(): string[] {
    return [...this.overrides.keys()].filter((key) => this.isOverridden(key))
  }

  /**
   * Undefined when there is no such flag.
   * @param user who is asked about, if anybody
   */
  admit(key: string, user?: User): ServedFlag | undefined {
    if (this.waylaid?.flag.key === key) {
      if (user !== undefined) this.options.onUser?.(user)
      return this.letGo()
    }
    return this.compiled.flag(key) === undefined ? undefined : this.served.get(key)
  }

  /** Every flag, by key, in no particular order. */
  all(): ReadonlyMap<string, ServedFlag> {
    this.letGo()
    const known = this.rows?.flags.size ?? 0
    if (this.served.size < known || this.overrides.size > 0) for (const key of this.keys()) this.compiled.flag(key)
    return this.served
  }

  /** Settles when all flags are compiled. */
  async settled(): Promise<void> {
    await this.compiling
  }

  /** The flags of which a ramp runs. */
  ramped(): readonly ServedFlag[] {
    this.rampedFlags ??= this.findRamped()
    return this.rampedFlags
  }

  /**
   * Shows `onUser` whoever this flag is asked about next. That one call takes the road of flags that are not known yet;
   * all others pay nothing for it, which a look at each user would cost them.
   */
  showNext(key: string): void {
    this.letGo()
    const served = this.served.get(key)
    if (served === undefined) return
    this.served.delete(key)
    this.waylaid = served
  }

  /** The counts since the last call, which sets them to zero. */
  drain(): { exposures: Exposure[]; ramps: RampRow[] } {
    this.letGo()
    const exposures = this.drained.splice(0)
    const ramps = this.drainedRamps.splice(0)
    for (const flags of [this.served, this.stale]) {
      for (const served of flags.values()) {
        collect(served, exposures)
        served.ramp?.drain(ramps)
      }
    }
    return { exposures, ramps }
  }

  close(): void {
    this.isClosed = true
  }

  private compileAnew(revision: number): CompiledSnapshot {
    const documents = {
      revision,
      flag: (key: string) => this.documentOf(key),
      segment: (key: string) => this.rows?.segments.get(key),
      keys: () => this.keys(),
    }
    const held = {
      get: (key: string) => (this.served.get(key) ?? (this.waylaid?.flag.key === key ? this.letGo() : undefined))?.flag,
      set: (key: string, flag: CompiledFlag) => this.serve(key, flag),
    }
    const kept = {
      flag: this.needs.keep('flag', held),
      segment: this.needs.keep('segment', this.segments),
      share: shareAnswers,
      shareConditions,
      indexKeys: indexOnce,
      findRamp,
    }
    return compileDocuments(documents, kept)
  }

  /** Which change of the environment brought the flag its present form; 0 when it is not held. */
  revisionOf(key: string): number {
    return this.rows?.flags.get(key)?.revision ?? 0
  }

  /** The flag as the service tells it, without overrides. */
  heldDocument(key: string): FlagDocument | undefined {
    const row = this.rows?.flags.get(key)
    const document = row && documentOf(row)
    // Of a bootstrap only the heads were read: here is seen what is behind them.
    if (row !== undefined && document === undefined) this.rows?.flags.delete(key)
    return document
  }

  private *keys(): IterableIterator<string> {
    const held = this.rows?.flags
    if (held !== undefined) yield* held.keys()
    for (const key of this.overrides.keys()) if (!held?.has(key)) yield key
  }

  private documentOf(key: string): FlagDocument | undefined {
    const document = this.heldDocument(key)
    const wanted = this.overrides.get(key)
    if (wanted === undefined) return document
    const instead = overridden(key, document, wanted)
    if (instead !== undefined && !instead.killed) this.overriding.add(key)
    else this.overriding.delete(key)
    if (instead === undefined && document !== undefined) this.options.warn?.(misfitOf(key, document))
    return instead ?? document
  }

  /** A few milliseconds at a time, until all that is held is compiled and its lines are on pages. */
  private async compileAll(rows: HeldRows, pause: () => Promise<void>): Promise<void> {
    let anew = false
    let bytes = 0
    do {
      if (anew) this.pages.startAnew()
      bytes = 0
      await pause()
      let sliceStart = performance.now()
      for (const row of rows.flags.values()) {
        if (this.isClosed) break
        this.compiled.flag(row.key)
        putOnPage(row, this.pages, anew)
        bytes += row.to - row.from
        if (performance.now() - sliceStart < SLICE_MS) continue
        await pause()
        sliceStart = performance.now()
      }
      anew = !anew && this.pages.isWasteful(bytes)
    } while (!this.isClosed && (anew || this.served.size < rows.flags.size))
    this.compiling = undefined
  }

  private serve(key: string, flag: CompiledFlag): void {
    const before = this.stale.get(key)
    this.stale.delete(key)
    const isOverridden = this.overriding.has(key)
    const served = before ?? { flag, counts: zeros(flag), ramp: null, isOverridden }
    if (before !== undefined && (before.isOverridden !== isOverridden || !countsAlike(before.flag, flag))) {
      collect(before, this.drained)
      served.counts = zeros(flag)
    }
    served.flag = flag
    served.isOverridden = isOverridden
    if (served.ramp?.fits(flag) === false) this.endRamp(served)
    if (served.ramp === null) this.beginRamp(served)
    // The flag's own text, so that a caller's is not held on to.
    this.served.set(flag.key, served)
  }

  /** Sets aside what was compiled of changed documents, and of all that depends on them. */
  private forget(rows: HeldRows, { flags, segments }: Change): void {
    // The first flags touch nothing that was there before.
    if (this.served.size === 0 && this.stale.size === 0 && this.needs.isEmpty) return
    // Where all flags have changed, looking up each would be the longest part of it.
    if (flags.length >= this.served.size) this.setAllAside()
    for (const key of flags) this.setAside(rows, key)
    for (const key of segments) this.segments.delete(key)
    this.needs.drain(flags, segments, (kind, key) => {
      if (kind === 'flag') this.setAside(rows, key)
      else this.segments.delete(key)
    })
  }

  private setAllAside(): void {
    for (const [key, served] of this.served) this.stale.set(key, served)
    this.served.clear()
  }

  private setAside(rows: HeldRows, key: string): void {
    const isHeld = rows.flags.has(key)
    const served = this.served.get(key) ?? (isHeld ? undefined : this.stale.get(key))
    if (served === undefined) return
    this.served.delete(key)
    if (isHeld) {
      this.stale.set(key, served)
      return
    }
    this.stale.delete(key)
    collect(served, this.drained)
    this.endRamp(served)
  }

  private letGo(): ServedFlag | undefined {
    const { waylaid } = this
    if (waylaid === undefined) return undefined
    this.waylaid = undefined
    this.served.set(waylaid.flag.key, waylaid)
    return waylaid
  }

  private findRamped(): ServedFlag[] {
    const found: ServedFlag[] = []
    for (const { key, hasRamp } of this.rows?.flags.values() ?? []) {
      const served = hasRamp ? (this.served.get(key) ?? this.admit(key)) : undefined
      if (served?.ramp) found.push(served)
    }
    return found
  }

  private beginRamp(served: ServedFlag): void {
    const { key, ramp } = served.flag
    if (ramp === null) return
    if (this.ramps >= MOST_RAMPS) {
      this.options.warn?.(`more than ${MOST_RAMPS} ramps run: the arms of "${key}" are not counted here`)
      return
    }
    served.ramp = new RampCounts(served.flag, ramp)
    this.ramps += 1
  }

  private endRamp(served: ServedFlag): void {
    if (served.ramp === null) return
    served.ramp.drain(this.drainedRamps)
    served.ramp = null
    this.ramps -= 1
  }
}

function collect({ flag, counts, isOverridden }: ServedFlag, into: Exposure[]): void {
  const { key, allocation, answers } = flag
  if (isOverridden) counts.fill(0)
  for (let slot = 0; slot < answers.variants.length; slot++) {
    const count = counts[slot] ?? 0
    const variant = answers.variants[slot]
    if (count === 0 || variant === undefined) continue
    into.push({ flag: key, variant: variant.name, allocation, count })
    counts[slot] = 0
  }
  counts[answers.variants.length] = 0
}

/** Counters may be carried over when they would mean the same afterwards. */
function countsAlike({ allocation, answers: { variants } }: CompiledFlag, after: CompiledFlag): boolean {
  const others = after.answers.variants
  return (
    allocation === after.allocation &&
    variants.length === others.length &&
    variants.every((variant, slot) => variant.name === others[slot]?.name)
  )
}

function zeros({ answers }: CompiledFlag): number[] {
  return Array.from({ length: answers.variants.length + 1 }, () => 0)
}
