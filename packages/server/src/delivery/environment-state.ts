import type { FlagDocument, SegmentDocument } from '@rampart/evaluation'
import type { Position } from './position.ts'

/** One environment as this replica serves it: everything with a revision up to its own. Replaced, never changed. */
export interface EnvironmentState extends Position {
  readonly id: string
  readonly projectId: string
  readonly project: string
  readonly environment: string
  /** Public key that checks QA links; null before the first link. */
  readonly linkKey: string | null
  readonly flags: ReadonlyMap<string, FlagDocument>
  /** Tombstones: archived flags and the revision that archived them. */
  readonly removedFlags: ReadonlyMap<string, number>
  readonly segments: ReadonlyMap<string, SegmentDocument>
  /** Tombstones of archived segments. */
  readonly removedSegments: ReadonlyMap<string, number>
}

/** What a read brought: the rows newer than `from`, complete up to `to`. */
export interface EnvironmentChange {
  to: number
  linkKey: string | null
  flags: FlagDocument[]
  removedFlags: { key: string; revision: number }[]
  segments: SegmentDocument[]
  removedSegments: { key: string; revision: number }[]
}

/** The state after a change. The maps are copied: an encoder or a slow reader may still hold the old state. */
export function applyChange(state: EnvironmentState, change: EnvironmentChange): EnvironmentState {
  const [flags, removedFlags] = applyRows(state.flags, state.removedFlags, change.flags, change.removedFlags)
  const [segments, removedSegments] = applyRows(
    state.segments,
    state.removedSegments,
    change.segments,
    change.removedSegments,
  )
  return { ...state, revision: change.to, linkKey: change.linkKey, flags, removedFlags, segments, removedSegments }
}

function applyRows<Row extends { key: string }>(
  held: ReadonlyMap<string, Row>,
  heldTombstones: ReadonlyMap<string, number>,
  newer: readonly Row[],
  removed: readonly { key: string; revision: number }[],
): [Map<string, Row>, Map<string, number>] {
  const rows = new Map(held)
  const tombstones = new Map(heldTombstones)
  for (const row of newer) {
    rows.set(row.key, row)
    tombstones.delete(row.key)
  }
  for (const { key, revision } of removed) {
    rows.delete(key)
    tombstones.set(key, revision)
  }
  return [rows, tombstones]
}
