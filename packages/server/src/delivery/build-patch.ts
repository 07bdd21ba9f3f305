import type { FlagDocument, PatchEvent, SegmentDelta, SegmentDocument } from '@rampart/evaluation'
import type { EnvironmentState } from './environment-state.ts'

/**
 * The whole flags and tombstones newer than `from`. A query and not a log: any two revisions give a patch, nothing is
 * replayed, and a flag that changed ten times stands in it once. It serves everybody whose revision lies in
 * from .. to - 1, because rows are taken only where they are newer than what the client holds. Segments that `deltas`
 * holds travel as what was added and removed, all others whole.
 */
export function buildPatch(
  state: EnvironmentState,
  from: number,
  deltas: ReadonlyMap<string, SegmentDelta> = NO_DELTAS,
): PatchEvent {
  const flags: FlagDocument[] = []
  for (const flag of state.flags.values()) if (flag.revision > from) flags.push(flag)
  const segments: SegmentDocument[] = []
  for (const segment of state.segments.values()) {
    if (segment.revision > from && !deltas.has(segment.key)) segments.push(segment)
  }
  return {
    epoch: state.epoch,
    from,
    to: state.revision,
    ...(state.linkKey === null ? {} : { linkKey: state.linkKey }),
    flags,
    removedFlags: tombstonesAfter(state.removedFlags, from),
    segments,
    ...(deltas.size > 0 ? { segmentDeltas: [...deltas.values()] } : {}),
    removedSegments: tombstonesAfter(state.removedSegments, from),
  }
}

const NO_DELTAS: ReadonlyMap<string, SegmentDelta> = new Map()

function tombstonesAfter(removed: ReadonlyMap<string, number>, from: number) {
  const newer = []
  for (const [key, revision] of removed) if (revision > from) newer.push({ key, revision })
  return newer
}
