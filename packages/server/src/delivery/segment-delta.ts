import type { SegmentDelta, SegmentDocument } from '@rampart/evaluation'
import type { EnvironmentState } from './environment-state.ts'

/** A list shorter than this costs less whole than the care that a difference asks of clients. */
const WORTH_A_DELTA = 200

/**
 * What was added to and removed from long lists between two states: somebody who joins a segment of 100 000 must not
 * send megabytes to every process. Only for clients that hold the former state; others get the segment whole.
 */
export function segmentDeltas(before: EnvironmentState, after: EnvironmentState): Map<string, SegmentDelta> {
  const deltas = new Map<string, SegmentDelta>()
  for (const [key, segment] of after.segments) {
    const held = before.segments.get(key)
    if (!held || held === segment || segment.included.length < WORTH_A_DELTA) continue
    const delta = deltaBetween(held, segment)
    if (delta) deltas.set(key, delta)
  }
  return deltas
}

/** Undefined when more than the list of included keys has changed, or most of it. */
function deltaBetween(before: SegmentDocument, after: SegmentDocument): SegmentDelta | undefined {
  const rest = ({ excluded, rules }: SegmentDocument) => JSON.stringify([excluded, rules])
  if (rest(before) !== rest(after)) return undefined
  const had = new Set(before.included)
  const has = new Set(after.included)
  const add = after.included.filter((key) => !had.has(key))
  const remove = before.included.filter((key) => !has.has(key))
  if (add.length + remove.length > after.included.length / 2) return undefined
  return { key: after.key, from: before.revision, to: after.revision, add, remove }
}
