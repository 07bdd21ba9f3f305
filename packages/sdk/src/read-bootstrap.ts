import type { Snapshot } from '@rampart/evaluation'
import { isFlagDocument, isRecord, isSegmentDocument } from './check-documents.ts'
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
  if (flags.length < snapshot.flags.length) throw new Error('it has flags that cannot be read')
  return {
    header: { rampart: 1, epoch, revision, project, environment, empty: flags.length === 0 },
    flags,
    segments: segments.filter(isSegmentDocument),
    badFlags: new Set(),
    badSegments: new Set(),
    namelessLines: 0,
  }
}
