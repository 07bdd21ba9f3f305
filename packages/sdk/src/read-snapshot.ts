// NDJSON -> rows, in slices: a snapshot of megabytes must not stop the application's event loop. Nothing is handed
// on before the closing line has confirmed the counts, so a torn body changes nothing.
import type { SegmentDocument, SnapshotHeader } from '@rampart/evaluation'
import { isFlagDocument, isRecord, isSegmentDocument } from './check-documents.ts'
import { type FlagRow, rowOf } from './flag-row.ts'

/** 20 MB. */
export const SNAPSHOT_LIMIT_BYTES = 20_971_520
const SLICE_MS = 5

export interface ReadSnapshot {
  header: SnapshotHeader
  flags: FlagRow[]
  segments: SegmentDocument[]
  /** Keys of lines that could be told apart but not used. What is held of them stays. */
  badFlags: Set<string>
  badSegments: Set<string>
  /** Lines of which not even the key could be read. Any held flag might be one of them. */
  namelessLines: number
}

/** The whole is unusable: keep what is held. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
}

/**
 * Reads a snapshot from the chunks of a body, pausing between slices of about 5 ms.
 * @throws SnapshotError when it is torn, too large (20 MB), or not a snapshot at all; whatever `chunks` throws
 */
export async function readSnapshot(
  chunks: AsyncIterable<Uint8Array>,
  pause: () => Promise<void>,
): Promise<ReadSnapshot> {
  const decoder = new TextDecoder()
  const lines = createLineReader()
  let bytes = 0
  let rest = ''
  let sliceStart = performance.now()
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > SNAPSHOT_LIMIT_BYTES) throw new SnapshotError('the snapshot is larger than 20 MB')
    const known = rest.length
    rest += decoder.decode(chunk, { stream: true })
    let from = 0
    for (let end = rest.indexOf('\n', known); end >= 0; end = rest.indexOf('\n', from)) {
      lines.read(rest.slice(from, end))
      from = end + 1
      if (performance.now() - sliceStart > SLICE_MS) {
        await pause()
        sliceStart = performance.now()
      }
    }
    rest = rest.slice(from)
  }
  lines.read(rest + decoder.decode())
  // What comes next is done at once, and should not be added to the last slice.
  await pause()
  return lines.finish()
}

/**
 * The same for text that is already here, at once.
 * @param headOf reads of a line what must be known of it at once; every line that it cannot read is read as a whole
 */
export function readSnapshotText(text: string, headOf?: (line: string) => FlagRow | undefined): ReadSnapshot {
  const lines = createLineReader(headOf)
  for (const line of text.split('\n')) lines.read(line)
  return lines.finish()
}

function createLineReader(headOf?: (line: string) => FlagRow | undefined): {
  read(line: string): void
  finish(): ReadSnapshot
} {
  let header: SnapshotHeader | undefined
  let ended = false
  const flags: FlagRow[] = []
  const segments: SegmentDocument[] = []
  const badFlags = new Set<string>()
  const badSegments = new Set<string>()
  let namelessLines = 0

  function readRow(row: unknown, line: string): void {
    if (!isRecord(row)) namelessLines += 1
    else if (isFlagDocument(row['flag'])) flags.push(rowOf(row['flag'], line))
    else if (isSegmentDocument(row['segment'])) segments.push(row['segment'])
    else if (isRecord(row['flag']) && typeof row['flag']['key'] === 'string') badFlags.add(row['flag']['key'])
    else if (isRecord(row['segment']) && typeof row['segment']['key'] === 'string')
      badSegments.add(row['segment']['key'])
    else if ('flag' in row || 'segment' in row) namelessLines += 1
    // Lines of a kind that a later version may add are none of this version's business.
  }

  function readEnd(end: unknown): void {
    if (!isRecord(end)) throw new SnapshotError('the snapshot has a closing line that cannot be read')
    const promised = Number(end['flags']) + Number(end['segments'])
    const seen = flags.length + segments.length + badFlags.size + badSegments.size + namelessLines
    if (promised !== seen) throw new SnapshotError(`the snapshot promises ${promised} lines and has ${seen}`)
    ended = true
  }

  return {
    read(line) {
      const head = header && headOf?.(line)
      if (head === undefined && line.trim() === '') return
      if (ended) throw new SnapshotError('the snapshot goes on after its closing line')
      if (head !== undefined) {
        flags.push(head)
        return
      }
      const row = parseJson(line)
      if (header === undefined) header = readHeader(row)
      else if (isRecord(row) && 'end' in row) readEnd(row['end'])
      else readRow(row, line)
    },
    finish() {
      if (header === undefined) throw new SnapshotError('the snapshot is empty')
      if (!ended) throw new SnapshotError('the snapshot ends too soon')
      return { header, flags, segments, badFlags, badSegments, namelessLines }
    },
  }
}

function readHeader(row: unknown): SnapshotHeader {
  if (!isRecord(row) || !('rampart' in row))
    throw new SnapshotError('the answer is not a snapshot (a page of a proxy?)')
  if (row['rampart'] !== 1) throw new SnapshotError('the snapshot is of a later version: update the SDK')
  const { epoch, revision, project, environment, empty, linkKey } = row
  if (typeof epoch !== 'string' || !Number.isSafeInteger(revision)) {
    throw new SnapshotError('the snapshot has a header that cannot be read')
  }
  return {
    rampart: 1,
    epoch,
    revision: revision as number,
    project: String(project),
    environment: String(environment),
    empty: empty === true,
    ...(typeof linkKey === 'string' ? { linkKey } : {}),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
