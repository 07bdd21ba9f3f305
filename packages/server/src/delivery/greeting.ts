import type { SegmentDelta } from '@rampart/evaluation'
import { buildPatch } from './build-patch.ts'
import { encodeCurrent, encodePatch, encodeReset } from './encode.ts'
import type { EnvironmentState } from './environment-state.ts'
import type { Position } from './position.ts'

/** A patch larger than this costs more than the compressed snapshot it replaces; a single flag always fits. */
const MAX_PATCH_BYTES = 256 * 1024

export type Greeting = { kind: 'current' | 'patch' | 'reset'; frame: Buffer }

/** Catch-up patches of one state, by the revision they start from: a storm of reconnects shares few of them. */
export type PatchCache = Map<number, Buffer | null>

const MAX_CACHED_PATCHES = 256

/**
 * The first frame of a stream. Up to date: `current`. Behind within this epoch: the patch. Anything else, a position
 * ahead of ours included: `reset`, and the client fetches the snapshot. A client never goes back within an epoch, so
 * one that is ahead of a lagging replica keeps what it has.
 * @param spreadMs time over which clients that must fetch the snapshot are to spread
 */
export function greet(
  state: EnvironmentState,
  cursor: Position | undefined,
  patches: PatchCache,
  spreadMs: () => number,
): Greeting {
  if (cursor?.epoch === state.epoch) {
    if (cursor.revision === state.revision) return { kind: 'current', frame: encodeCurrent(state) }
    if (cursor.revision < state.revision) {
      const frame = catchUp(state, cursor.revision, patches)
      if (frame) return { kind: 'patch', frame }
    }
  }
  const { epoch, revision } = state
  return { kind: 'reset', frame: encodeReset({ epoch, revision, spreadMs: spreadMs() }) }
}

function catchUp(state: EnvironmentState, from: number, patches: PatchCache): Buffer | null {
  let frame = patches.get(from)
  if (frame === undefined) {
    frame = encodeSmallPatch(state, from)
    if (patches.size >= MAX_CACHED_PATCHES) patches.clear()
    patches.set(from, frame)
  }
  return frame
}

/** The frame of a patch, or null when a snapshot is the better answer. */
export function encodeSmallPatch(
  state: EnvironmentState,
  from: number,
  deltas?: ReadonlyMap<string, SegmentDelta>,
): Buffer | null {
  const patch = buildPatch(state, from, deltas)
  const frame = encodePatch(patch)
  const isOneFlag = patch.flags.length === 1 && patch.segments.length === 0
  return frame.length <= MAX_PATCH_BYTES || isOneFlag ? frame : null
}
