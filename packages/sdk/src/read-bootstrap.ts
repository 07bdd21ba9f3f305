import type { Snapshot } from '@rampart/evaluation'
import { isFlagDocument, isRecord, isSegmentDocument } from './check-documents.ts'
import { rowOf } from './flag-row.ts'
import { type ReadSnapshot, readSnapshotText } from './read-snapshot.ts'

/** Reads what the application was shipped with. A bootstrap that cannot be used is returned as the reason, not thrown. */
export function readBootstrap(bootstrap: Snapshot | string): ReadSnapshot | Error {
  try {
    return typeof bootstrap === 'string' ? readSnapshotText(bootstrap) : fromObject(bootstrap)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function fromObject(snapshot: Snapshot): ReadSnapshot {
  if (!isRecord(snapshot) || !Array.isArray(snapshot.flags)) throw new Error('it is no snapshot: `flags` is missing')
  const { epoch = '', revision = 0, project = '', environment = '', segments = [] } = snapshot as Partial<Snapshot>
  const flags = snapshot.flags.filter(isFlagDocument)
  // One bad row takes no other with it, here as in everything that arrives later.
  const badFlags = snapshot.flags.filter((flag) => !isFlagDocument(flag)).map((flag: unknown) => keyOf(flag))
  return {
    header: { rampart: 1, epoch, revision, project, environment, empty: flags.length === 0 },
    flags: flags.map((flag) => rowOf(flag)),
    segments: segments.filter(isSegmentDocument),
    badFlags: new Set(badFlags.filter((key) => key !== undefined)),
    badSegments: new Set(),
    namelessLines: badFlags.filter((key) => key === undefined).length,
  }
}

function keyOf(row: unknown): string | undefined {
  return isRecord(row) && typeof row['key'] === 'string' ? row['key'] : undefined
}
