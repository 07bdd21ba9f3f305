import type { Snapshot } from '@rampart/evaluation'
import { isRecord, isSegmentDocument } from './check-documents.ts'
import { headOf, headOfLine } from './flag-row.ts'
import { type ReadSnapshot, readSnapshotText } from './read-snapshot.ts'

/**
 * Reads what the application was shipped with: of each flag no more than its head, because the first answer waits for
 * this. A bootstrap that cannot be used is returned as the reason, not thrown.
 */
export function readBootstrap(bootstrap: Snapshot | string): ReadSnapshot | Error {
  try {
    return typeof bootstrap === 'string' ? readSnapshotText(bootstrap, headOfLine) : fromObject(bootstrap)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function fromObject(snapshot: Snapshot): ReadSnapshot {
  if (!isRecord(snapshot) || !Array.isArray(snapshot.flags)) throw new Error('it is no snapshot: `flags` is missing')
  const { epoch = '', revision = 0, project = '', environment = '', segments = [] } = snapshot as Partial<Snapshot>
  const read: ReadSnapshot = {
    header: { rampart: 1, epoch, revision, project, environment, empty: snapshot.flags.length === 0 },
    flags: [],
    segments: segments.filter(isSegmentDocument),
    badFlags: new Set(),
    badSegments: new Set(),
    namelessLines: 0,
  }
  // One bad row takes no other with it, here as in everything that arrives later.
  for (const flag of snapshot.flags as unknown[]) {
    const row = headOf(flag)
    const key = row?.key ?? keyOf(flag)
    if (row !== undefined) read.flags.push(row)
    else if (key !== undefined) read.badFlags.add(key)
    else read.namelessLines += 1
  }
  return read
}

function keyOf(row: unknown): string | undefined {
  return isRecord(row) && typeof row['key'] === 'string' ? row['key'] : undefined
}
