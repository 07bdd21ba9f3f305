// One flag as it is held: what the law of news reads, and its document as the line it came in. A document takes five times
// the memory of its line, and is needed only for the moment in which it is compiled.
import type { FlagDocument } from '@rampart/evaluation'
import { isFlagDocument, isRecord, isRevision } from './check-documents.ts'
import type { LinePages } from './line-pages.ts'

export interface FlagRow {
  readonly key: string
  readonly revision: number
  readonly killed: boolean
  readonly killRevision: number
  /** False only where no ramp runs. */
  readonly hasRamp: boolean
  /** False while only what stands here has been looked at, and the rest of the document may be anything. */
  readonly isChecked: boolean
  /** A line of a snapshot, or the page it is on; the document itself as long as nobody has made a line of it. */
  source: string | Uint8Array | FlagDocument
  /** Where on its page the line begins and ends, in bytes. */
  from: number
  to: number
}

/** @param source the line that `document` was read from */
export function rowOf(document: FlagDocument, source: string | FlagDocument = document, isChecked = true): FlagRow {
  const { key, revision, killed, killRevision, ramp } = document
  const hasRamp = typeof ramp === 'object' && ramp !== null
  return { key, revision, killed, killRevision, hasRamp, isChecked, source, from: 0, to: 0 }
}

/** The row of a document of which only the head is looked at; undefined when not even that can be used. */
export function headOf(document: unknown): FlagRow | undefined {
  const hasHead =
    isRecord(document) &&
    typeof document['key'] === 'string' &&
    typeof document['killed'] === 'boolean' &&
    isRevision(document['revision']) &&
    isRevision(document['killRevision'])
  const unchecked = document as FlagDocument
  return hasHead ? rowOf(unchecked, unchecked, false) : undefined
}

// As the service writes them. Fifteen digits are always a safe integer.
const HEAD = /^\{"flag":\{"key":"([^"\\]+)","revision":(\d{1,15}),"killed":(true|false),"killRevision":(\d{1,15}),/

/** The same for a line of a snapshot, which is not parsed: that would be half of the time to the first answer. */
export function headOfLine(line: string): FlagRow | undefined {
  const [, key, revision, killed, killRevision] = HEAD.exec(line) ?? []
  if (key === undefined) return undefined
  return {
    key,
    revision: Number(revision),
    killed: killed === 'true',
    killRevision: Number(killRevision),
    // A value may hold such a name as well. Looked for without the first quote, of which a line is full.
    hasRamp: line.includes('ramp":{'),
    isChecked: false,
    source: line,
    from: 0,
    to: 0,
  }
}

export function withKill(row: FlagRow, killed: boolean, killRevision: number): FlagRow {
  const document = documentOf(row)
  return document === undefined ? { ...row, killed, killRevision } : rowOf({ ...document, killed, killRevision })
}

/**
 * The document; made anew from a line, so nobody should hold on to it. Undefined when it was not checked before, and is
 * none.
 */
export function documentOf(row: FlagRow): FlagDocument | undefined {
  const { key, source, isChecked } = row
  const document = typeof source === 'string' || source instanceof Uint8Array ? parse(lineOf(row)) : source
  if (!isChecked && !isFlagDocument(document)) return undefined
  const flag = document as FlagDocument
  // One text for the many that hold it.
  if (flag !== source) flag.key = key
  return flag
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line).flag
  } catch {
    return undefined
  }
}

const decoder = new TextDecoder()

/** The row as a line of a snapshot. */
export function lineOf({ source, from, to }: FlagRow): string {
  if (typeof source === 'string') return source
  return source instanceof Uint8Array ? decoder.decode(source.subarray(from, to)) : JSON.stringify({ flag: source })
}

/** Puts the row's line on a page. @param anew also when it is on one already */
export function putOnPage(row: FlagRow, pages: LinePages, anew: boolean): void {
  const { source } = row
  if (!(source instanceof Uint8Array)) pages.add(row, lineOf(row))
  else if (anew) pages.move(row, source)
}
