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

/**
 * The engine's one copy of a text. Application code asks with a literal, of which the engine has one copy too: looking a
 * flag up then compares two pointers and not two texts. And what was cut out of a line would hold on to all of it.
 */
function nameOf(text: string): string {
  return Object.keys({ [text]: 0 })[0] as string
}

/** @param source the line that `document` was read from */
export function rowOf(document: FlagDocument, source: string | FlagDocument = document, isChecked = true): FlagRow {
  const { key, revision, killed, killRevision, ramp } = document
  const hasRamp = typeof ramp === 'object' && ramp !== null
  return { key: nameOf(key), revision, killed, killRevision, hasRamp, isChecked, source, from: 0, to: 0 }
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

// As the service writes a line, up to where the head ends.
const HEAD = '{"flag":{"key":"'
const REVISION = '","revision":'
const KILLED = ',"killed":true'
const ALIVE = ',"killed":false'
const KILL_REVISION = ',"killRevision":'

/**
 * The same for a line of a snapshot, which is not parsed: that would be half of the time to the first answer. Looked at with
 * the engine's own search alone, because a pattern has to be compiled first, and code that runs once is slow.
 */
export function headOfLine(line: string): FlagRow | undefined {
  if (!line.startsWith(HEAD)) return undefined
  const keyEnd = line.indexOf('"', HEAD.length)
  const key = line.slice(HEAD.length, keyEnd)
  const revisionEnd = line.indexOf(',', keyEnd + REVISION.length)
  const killed = line.startsWith(KILLED, revisionEnd)
  const killedEnd = revisionEnd + (killed ? KILLED : ALIVE).length
  const killRevisionEnd = line.indexOf(',', killedEnd + KILL_REVISION.length)
  const isRead =
    key !== '' &&
    !key.includes('\\') &&
    line.startsWith(REVISION, keyEnd) &&
    (killed || line.startsWith(ALIVE, revisionEnd)) &&
    line.startsWith(KILL_REVISION, killedEnd)
  if (!isRead) return undefined
  const revision = Number(line.slice(keyEnd + REVISION.length, revisionEnd))
  const killRevision = Number(line.slice(killedEnd + KILL_REVISION.length, killRevisionEnd))
  if (!isRevision(revision) || !isRevision(killRevision)) return undefined
  // A value may hold such a name as well. Looked for without the first quote, of which a line is full.
  const hasRamp = line.includes('ramp":{', killRevisionEnd)
  return { key: nameOf(key), revision, killed, killRevision, hasRamp, isChecked: false, source: line, from: 0, to: 0 }
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
