// One flag as it is held: what the law of news reads, and its document as the line it came in. A document takes five times
// the memory of its line, and is needed only for the moment in which it is compiled.
import type { FlagDocument } from '@rampart/evaluation'
import type { LinePages } from './line-pages.ts'

export interface FlagRow {
  readonly key: string
  readonly revision: number
  readonly killed: boolean
  readonly killRevision: number
  readonly hasRamp: boolean
  /** A line of a snapshot, or the page it is on; the document itself as long as nobody has made a line of it. */
  source: string | Uint8Array | FlagDocument
  /** Where on its page the line begins and ends, in bytes. */
  from: number
  to: number
}

/** @param source the line that `document` was read from */
export function rowOf(document: FlagDocument, source: string | FlagDocument = document): FlagRow {
  const { key, revision, killed, killRevision, ramp } = document
  const hasRamp = typeof ramp === 'object' && ramp !== null
  return { key, revision, killed, killRevision, hasRamp, source, from: 0, to: 0 }
}

export function withKill(row: FlagRow, killed: boolean, killRevision: number): FlagRow {
  return rowOf({ ...documentOf(row), killed, killRevision })
}

/** The document; made anew from a line, so nobody should hold on to it. */
export function documentOf(row: FlagRow): FlagDocument {
  const { key, source } = row
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) return source
  const { flag } = JSON.parse(lineOf(row))
  // One text for the many that hold it.
  flag.key = key
  return flag
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
