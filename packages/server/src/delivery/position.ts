/** A point in the history of one environment. Revisions compare only within one epoch; the larger epoch wins. */
export interface Position {
  epoch: string
  revision: number
}

const POSITION = /^([0-9A-HJKMNP-TV-Z]{26})\.(\d{1,15})$/

/** Reads `epoch.revision`, as it stands in Last-Event-ID. Anything else is undefined: the client starts afresh. */
export function parsePosition(text: string | undefined): Position | undefined {
  const match = POSITION.exec(text ?? '')
  return match?.[1] && match[2] ? { epoch: match[1], revision: Number(match[2]) } : undefined
}

/** `epoch.revision`: the id of the events that move a client's cursor, and the inside of the snapshot's ETag. */
export function writePosition(position: Position): string {
  return `${position.epoch}.${position.revision}`
}
