import type { PatchEvent } from '@rampart/evaluation'
import type { EnvironmentState } from './environment-state.ts'

/**
 * The whole flags and tombstones newer than `from`. A query and not a log: any two revisions give a patch, nothing is
 * replayed, and a flag that changed ten times stands in it once. It serves everybody whose revision lies in
 * from .. to - 1, because rows are taken only where they are newer than what the client holds.
 */
export function buildPatch(state: EnvironmentState, from: number): PatchEvent {
  const flags = []
  for (const flag of state.flags.values()) if (flag.revision > from) flags.push(flag)
  const removedFlags = []
  for (const [key, revision] of state.removedFlags) if (revision > from) removedFlags.push({ key, revision })
  return { epoch: state.epoch, from, to: state.revision, flags, removedFlags, segments: [], removedSegments: [] }
}
