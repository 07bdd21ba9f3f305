// One flag as it is held: what the law of news reads, and its document as the text it came in. A document takes five times
// the memory of its text, and is needed only for the moment in which it is compiled.
import type { FlagDocument } from '@rampart/evaluation'

export interface FlagRow {
  readonly key: string
  readonly revision: number
  readonly killed: boolean
  readonly killRevision: number
  readonly hasRamp: boolean
  /** A line of a snapshot; or the document, as long as nobody has made a line of it. */
  source: string | FlagDocument
}

/** @param source the line that `document` was read from */
export function rowOf(document: FlagDocument, source: string | FlagDocument = document): FlagRow {
  const { key, revision, killed, killRevision, ramp } = document
  return { key, revision, killed, killRevision, hasRamp: typeof ramp === 'object' && ramp !== null, source }
}

export function withKill(row: FlagRow, killed: boolean, killRevision: number): FlagRow {
  return rowOf({ ...documentOf(row), killed, killRevision })
}

/** The document; made anew from a line, so nobody should hold on to it. */
export function documentOf({ key, source }: FlagRow): FlagDocument {
  if (typeof source !== 'string') return source
  const { flag } = JSON.parse(source)
  // One text for the many that hold it.
  flag.key = key
  return flag
}

/** The row as a line of a snapshot. */
export function lineOf({ source }: FlagRow): string {
  return typeof source === 'string' ? source : JSON.stringify({ flag: source })
}

/** Holds a line from now on. */
export function makeLine(row: FlagRow): void {
  if (typeof row.source !== 'string') row.source = lineOf(row)
}
