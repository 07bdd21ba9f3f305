// One environment on this replica's disk: a line with what SDKs do not need, then the snapshot as they get it.
import type { FlagDocument, SegmentDocument, SnapshotHeader } from '@rampart/evaluation'
import type { EnvironmentState } from './environment-state.ts'

/** The version of the first line. Another one is not read: the copy is written anew with the next change. */
const COPY_VERSION = 1

interface CopyHead {
  copy: typeof COPY_VERSION
  id: string
  projectId: string
  removedFlags: [string, number][]
  removedSegments: [string, number][]
}

type Line = { flag?: FlagDocument; segment?: SegmentDocument; end?: { flags: number; segments: number } }

/** What stands before the snapshot. */
export function encodeCopyHead({ id, projectId, removedFlags, removedSegments }: EnvironmentState): Buffer {
  const head: CopyHead = {
    copy: COPY_VERSION,
    id,
    projectId,
    removedFlags: [...removedFlags],
    removedSegments: [...removedSegments],
  }
  return Buffer.from(`${JSON.stringify(head)}\n`)
}

/** Throws for anything but a whole copy. */
export function decodeCopy(text: string): EnvironmentState {
  const [first = '', second = '', ...rest] = text.trimEnd().split('\n')
  const head = JSON.parse(first) as CopyHead
  if (head.copy !== COPY_VERSION) throw new Error(`It is of version ${String(head.copy)}, not ${COPY_VERSION}.`)
  const { epoch, revision, project, environment, linkKey = null } = JSON.parse(second) as SnapshotHeader
  const lines = rest.map((line) => JSON.parse(line) as Line)
  const flags = new Map(lines.flatMap(({ flag }) => (flag ? [[flag.key, flag] as const] : [])))
  const segments = new Map(lines.flatMap(({ segment }) => (segment ? [[segment.key, segment] as const] : [])))
  const end = lines.at(-1)?.end
  if (end?.flags !== flags.size || end.segments !== segments.size) throw new Error('It is not complete.')
  return {
    id: head.id,
    projectId: head.projectId,
    project,
    environment,
    linkKey,
    epoch,
    revision,
    flags,
    segments,
    removedFlags: new Map(head.removedFlags),
    removedSegments: new Map(head.removedSegments),
  }
}
