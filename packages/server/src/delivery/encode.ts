// Bytes on the wire. Everything here is made once and handed to every socket as the same Buffer.
import type {
  FlagDocument,
  KillEvent,
  PatchEvent,
  ResetEvent,
  SegmentDocument,
  SnapshotHeader,
} from '@rampart/evaluation'
import type { EnvironmentState } from './environment-state.ts'
import { type Position, writePosition } from './position.ts'

/** A row's JSON is needed in snapshots and patches of many revisions and changes only with the row. */
const jsonOfRow = new WeakMap<FlagDocument | SegmentDocument, string>()

/** JSON of a flag or segment as it stands in snapshots and patches. */
export function rowJson(row: FlagDocument | SegmentDocument): string {
  let json = jsonOfRow.get(row)
  if (json === undefined) {
    json = JSON.stringify(row)
    jsonOfRow.set(row, json)
  }
  return json
}

/** The body of GET /sdk/v1/snapshot: NDJSON, a header, one line per flag or segment, a closing line with counts. */
export function encodeSnapshot(state: EnvironmentState): Buffer {
  const header: SnapshotHeader = {
    rampart: 1,
    epoch: state.epoch,
    revision: state.revision,
    project: state.project,
    environment: state.environment,
    ...(state.linkKey === null ? {} : { linkKey: state.linkKey }),
    ...(state.flags.size === 0 ? { empty: true } : {}),
  }
  const lines = [JSON.stringify(header)]
  for (const flag of state.flags.values()) lines.push(`{"flag":${rowJson(flag)}}`)
  for (const segment of state.segments.values()) lines.push(`{"segment":${rowJson(segment)}}`)
  lines.push(JSON.stringify({ end: { flags: state.flags.size, segments: state.segments.size } }), '')
  return Buffer.from(lines.join('\n'))
}

/** A server-sent event. With `id` it moves the client's cursor. */
export function encodeEvent(event: string, data: string, id?: string): Buffer {
  return Buffer.from(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`)
}

export function encodePatch(patch: PatchEvent): Buffer {
  const { flags, segments, ...rest } = patch
  const rows = `"flags":[${flags.map(rowJson).join(',')}],"segments":[${segments.map(rowJson).join(',')}]`
  const data = `${JSON.stringify(rest).slice(0, -1)},${rows}}`
  return encodeEvent('patch', data, writePosition({ epoch: patch.epoch, revision: patch.to }))
}

export function encodeKill(kind: 'kill' | 'restore', kill: KillEvent): Buffer {
  return encodeEvent(kind, JSON.stringify(kill))
}

export function encodeReset(reset: ResetEvent): Buffer {
  return encodeEvent('reset', JSON.stringify(reset))
}

export function encodeCurrent({ epoch, revision }: Position): Buffer {
  return encodeEvent('current', JSON.stringify({ epoch, revision }), writePosition({ epoch, revision }))
}

/** To browsers: ask again, at a random moment within `spreadMs`. */
export function encodeRefetch({ epoch, revision }: Position, spreadMs: number): Buffer {
  return encodeEvent('refetch', JSON.stringify({ epoch, revision, spreadMs }))
}

/** To browsers: a kill with the value that now holds for everybody. */
export function encodeClientKill(flag: FlagDocument, { epoch, revision }: Position): Buffer {
  const value = flag.variants.find(({ name }) => name === flag.offVariant)?.value
  return encodeEvent('kill', JSON.stringify({ epoch, flag: flag.key, revision, variant: flag.offVariant, value }))
}

/** To OFREP clients: an unnamed event, as their protocol has it. */
export function encodeOfrepRefetch(position: Position): Buffer {
  return Buffer.from(`id: ${writePosition(position)}\ndata: {"type":"refetchEvaluation"}\n\n`)
}

/** Keeps proxies from closing a quiet stream and tells the client that the line is alive. */
export const HEARTBEAT = Buffer.from(': hb\n\n')

/** The last words of a server that stops: come back, at a moment of your own. */
export function encodeGoodbye(retryMs: number): Buffer {
  return Buffer.from(`retry: ${retryMs}\n: goodbye\n\n`)
}
