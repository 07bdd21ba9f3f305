// The copy of one environment that this process holds, and the law by which news change it. Events may be late, doubled or
// out of order; the law makes every order end in the same state:
// - the larger epoch wins, and within one epoch the cursor never goes back;
// - a patch applies when its epoch is held and from <= cursor < to, row by row where the row is newer;
// - `killed` belongs to killRevision, not to the row: a kill that overtook its patch is not undone by an older row.
import type { KillEvent, PatchEvent, SegmentDocument } from '@rampart/evaluation'
import { type FlagRow, rowOf, withKill } from './flag-row.ts'
import type { ReadSnapshot } from './read-snapshot.ts'

export interface Cursor {
  epoch: string
  revision: number
}

/** What an event did. `behind` asks for a snapshot; `distrusted` says why nothing was believed. */
export interface Change {
  outcome: 'applied' | 'ignored' | 'behind' | 'distrusted'
  problem?: string
  /** Keys that now have another document, or none. */
  flags: readonly string[]
  segments: readonly string[]
}

interface EarlyKill extends Cursor {
  killed: boolean
}

const MOST_EARLY_KILLS = 10_000

const nothing = (outcome: Change['outcome'], problem?: string): Change => ({
  outcome,
  flags: [],
  segments: [],
  ...(problem === undefined ? {} : { problem }),
})

export class HeldRows {
  readonly flags: Map<string, FlagRow> = new Map()
  readonly segments: Map<string, SegmentDocument> = new Map()
  project = ''
  environment = ''
  /** Checks QA links; undefined before the environment's first one. */
  linkKey: string | undefined
  /** Where this copy has got to; undefined before anything has arrived. */
  cursor: Cursor | undefined
  /** A bootstrap's history means nothing to the service: the first other source replaces it whatever its epoch. */
  provisional = false
  private readonly removedFlags = new Map<string, number>()
  private readonly removedSegments = new Map<string, number>()
  /** Kills of flags, or of an epoch, that have not arrived yet. */
  private readonly earlyKills = new Map<string, EarlyKill>()

  applySnapshot(snapshot: ReadSnapshot): Change {
    const { header } = snapshot
    const { cursor, provisional } = this
    const sameEpoch = cursor?.epoch === header.epoch
    if (cursor && (sameEpoch || !provisional) && isOlder(header, cursor)) return nothing('ignored')
    const lines = snapshot.flags.length + snapshot.badFlags.size + snapshot.namelessLines
    if (lines === 0 && this.flags.size > 0 && header.empty !== true) {
      return nothing('distrusted', 'the service sent an environment without flags and did not say that it is empty')
    }
    // Rows of a bootstrap are never the newer ones, whatever revision somebody has written into it.
    const comparable = sameEpoch && !provisional
    const flags = this.replaceFlags(snapshot, comparable)
    const segments = this.replaceSegments(snapshot, comparable)
    this.cursor = { epoch: header.epoch, revision: header.revision }
    this.provisional = false
    this.project = header.project
    this.environment = header.environment
    this.linkKey = header.linkKey
    this.removedFlags.clear()
    this.removedSegments.clear()
    this.forgetSettledKills()
    return { outcome: 'applied', flags, segments }
  }

  applyPatch(patch: PatchEvent): Change {
    const { cursor } = this
    if (!cursor || patch.epoch > cursor.epoch) return nothing('behind')
    if (patch.epoch < cursor.epoch || patch.to <= cursor.revision) return nothing('ignored')
    if (patch.from > cursor.revision || !this.canApplyDeltas(patch)) return nothing('behind')
    const flags: string[] = []
    for (const document of patch.flags) {
      const row = rowOf(document)
      if (row.revision <= this.revisionOf(row.key)) continue
      this.flags.set(row.key, this.withNewestKill(row, this.flags.get(row.key), patch.epoch))
      this.removedFlags.delete(row.key)
      flags.push(row.key)
    }
    for (const { key, revision } of patch.removedFlags) {
      if (revision <= this.revisionOf(key)) continue
      this.flags.delete(key)
      this.removedFlags.set(key, revision)
      flags.push(key)
    }
    const segments = this.patchSegments(patch)
    this.cursor = { epoch: cursor.epoch, revision: patch.to }
    this.linkKey = patch.linkKey ?? this.linkKey
    this.forgetSettledKills()
    return { outcome: 'applied', flags, segments }
  }

  /** Kill and restore overtake patches and do not move the cursor: the next patch contains them. */
  applyKill(kill: KillEvent, killed: boolean): Change {
    const { cursor } = this
    const row = this.flags.get(kill.flag)
    if (cursor && kill.epoch < cursor.epoch) return nothing('ignored')
    if (cursor && kill.epoch === cursor.epoch && row) {
      if (kill.revision <= row.killRevision) return nothing('ignored')
      this.flags.set(kill.flag, withKill(row, killed, kill.revision))
      return { outcome: 'applied', flags: [kill.flag], segments: [] }
    }
    const early = this.earlyKills.get(kill.flag)
    if (early && !isOlder(early, kill)) return nothing('ignored')
    this.rememberEarly(kill, killed)
    if (cursor && kill.epoch === cursor.epoch) return nothing('applied')
    // A kill of a history not seen yet: the flag held under that key obeys at once, the rest comes with the snapshot.
    if (row) this.flags.set(kill.flag, withKill(row, killed, row.killRevision))
    return { outcome: 'behind', flags: row ? [kill.flag] : [], segments: [] }
  }

  /** As many as an environment has flags: kills of flags that never come must not fill the memory. */
  private rememberEarly({ flag, epoch, revision }: KillEvent, killed: boolean): void {
    this.earlyKills.delete(flag)
    if (this.earlyKills.size >= MOST_EARLY_KILLS) {
      for (const oldest of this.earlyKills.keys()) {
        this.earlyKills.delete(oldest)
        break
      }
    }
    this.earlyKills.set(flag, { epoch, revision, killed })
  }

  /** True when this process serves what the event asked for, whichever message brought it. */
  serves(kill: KillEvent, killed: boolean): boolean {
    const row = this.flags.get(kill.flag)
    if (!row) return this.cursor !== undefined
    return row.killed === killed || row.killRevision > kill.revision
  }

  private revisionOf(key: string): number {
    return this.flags.get(key)?.revision ?? this.removedFlags.get(key) ?? -1
  }

  private withNewestKill(row: FlagRow, held: FlagRow | undefined, epoch: string): FlagRow {
    let { killed, killRevision } = row
    if (held && held.killRevision > killRevision) ({ killed, killRevision } = held)
    const early = this.earlyKills.size === 0 ? undefined : this.earlyKills.get(row.key)
    if (early && early.epoch === epoch && early.revision > killRevision) {
      killed = early.killed
      killRevision = early.revision
    }
    return killRevision === row.killRevision ? row : withKill(row, killed, killRevision)
  }

  private replaceFlags(snapshot: ReadSnapshot, comparable: boolean): string[] {
    const changed: string[] = []
    const before = this.flags.size
    // What comes first is compared with nothing.
    const isFirst = before === 0 && this.earlyKills.size === 0
    for (const row of snapshot.flags) {
      if (isFirst) {
        this.flags.set(row.key, row)
        changed.push(row.key)
        continue
      }
      const held = this.flags.get(row.key)
      const isHeld = comparable && held && held.revision >= row.revision && held.killRevision >= row.killRevision
      if (isHeld) continue
      this.flags.set(row.key, this.withNewestKill(row, comparable ? held : undefined, snapshot.header.epoch))
      changed.push(row.key)
    }
    // With a line of which not even the key could be read, any absent flag may be the one: none of them goes.
    if (snapshot.namelessLines > 0 || before === 0) return changed
    const present = new Set<string>(snapshot.badFlags)
    for (const { key } of snapshot.flags) present.add(key)
    for (const key of this.flags.keys()) {
      if (present.has(key)) continue
      this.flags.delete(key)
      changed.push(key)
    }
    return changed
  }

  private replaceSegments(snapshot: ReadSnapshot, comparable: boolean): string[] {
    const changed: string[] = []
    const present = new Set<string>(snapshot.badSegments)
    for (const row of snapshot.segments) {
      present.add(row.key)
      const held = this.segments.get(row.key)
      if (comparable && held && held.revision >= row.revision) continue
      this.segments.set(row.key, row)
      changed.push(row.key)
    }
    if (snapshot.namelessLines > 0) return changed
    for (const key of this.segments.keys()) {
      if (present.has(key)) continue
      this.segments.delete(key)
      changed.push(key)
    }
    return changed
  }

  /** A difference means something only to who holds what it was taken from; a newer row needs none. */
  private canApplyDeltas({ segmentDeltas = [] }: PatchEvent): boolean {
    return segmentDeltas.every(({ key, from, to }) => {
      const held = this.segments.get(key)?.revision ?? -1
      return held === from || held >= to
    })
  }

  private patchSegments(patch: PatchEvent): string[] {
    const changed: string[] = []
    const revisionOf = (key: string) => this.segments.get(key)?.revision ?? this.removedSegments.get(key) ?? -1
    for (const row of patch.segments) {
      if (row.revision <= revisionOf(row.key)) continue
      this.segments.set(row.key, row)
      this.removedSegments.delete(row.key)
      changed.push(row.key)
    }
    for (const { key, from, to, add, remove } of patch.segmentDeltas ?? []) {
      const held = this.segments.get(key)
      if (held?.revision !== from) continue
      const removed = new Set(remove)
      const included = [...held.included.filter((one) => !removed.has(one)), ...add]
      this.segments.set(key, { ...held, included, revision: to })
      changed.push(key)
    }
    for (const { key, revision } of patch.removedSegments) {
      if (revision <= revisionOf(key)) continue
      this.segments.delete(key)
      this.removedSegments.set(key, revision)
      changed.push(key)
    }
    return changed
  }

  /** An early kill has done its work once the rows have passed it, or its history has ended. */
  private forgetSettledKills(): void {
    const { cursor } = this
    if (!cursor) return
    for (const [key, kill] of this.earlyKills) {
      if (kill.epoch < cursor.epoch || (kill.epoch === cursor.epoch && kill.revision <= cursor.revision)) {
        this.earlyKills.delete(key)
      }
    }
  }
}

/** True when `a` lies before `b`. Epochs are ULIDs: their text order is their order in time. */
export function isOlder(a: Cursor, b: Cursor): boolean {
  return a.epoch === b.epoch ? a.revision < b.revision : a.epoch < b.epoch
}
