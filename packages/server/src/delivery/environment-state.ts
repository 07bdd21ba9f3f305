import type { FlagDocument } from '@rampart/evaluation'
import type { Position } from './position.ts'

/** One environment as this replica serves it: everything with a revision up to its own. Replaced, never changed. */
export interface EnvironmentState extends Position {
  readonly id: string
  readonly projectId: string
  readonly project: string
  readonly environment: string
  readonly flags: ReadonlyMap<string, FlagDocument>
  /** Tombstones: archived flags and the revision that archived them. */
  readonly removedFlags: ReadonlyMap<string, number>
}

/** What a read brought: the rows newer than `from`, complete up to `to`. */
export interface EnvironmentChange {
  to: number
  flags: FlagDocument[]
  removedFlags: { key: string; revision: number }[]
}

/** The state after a change. The maps are copied: an encoder or a slow reader may still hold the old state. */
export function applyChange(state: EnvironmentState, change: EnvironmentChange): EnvironmentState {
  const flags = new Map(state.flags)
  const removedFlags = new Map(state.removedFlags)
  for (const flag of change.flags) {
    flags.set(flag.key, flag)
    removedFlags.delete(flag.key)
  }
  for (const { key, revision } of change.removedFlags) {
    flags.delete(key)
    removedFlags.set(key, revision)
  }
  return { ...state, revision: change.to, flags, removedFlags }
}
