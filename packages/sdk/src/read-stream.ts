// Server-sent events -> checked events. The parser is made for torn frames; what this file adds is the judgement of
// each event's shape.
import type { CurrentEvent, KillEvent, PatchEvent, ResetEvent } from '@rampart/evaluation'
import { createParser } from 'eventsource-parser'
import { isCurrentEvent, isKillEvent, isPatchEvent, isResetEvent } from './check-documents.ts'
import { SNAPSHOT_LIMIT_BYTES } from './read-snapshot.ts'

export type StreamEvent =
  | { type: 'current'; data: CurrentEvent }
  | { type: 'patch'; data: PatchEvent }
  | { type: 'kill' | 'restore'; data: KillEvent }
  | { type: 'reset'; data: ResetEvent }

export interface StreamHandlers {
  /** Anything whole, a heartbeat or an event of an unknown type included: the stream is alive. */
  onHeard(): void
  /** The service is about to leave and says after how many milliseconds to come back. */
  onRetry(ms: number): void
  onEvent(event: StreamEvent): void
}

/** An event that cannot be read. What came before it was applied; nothing after it can be trusted. */
export class MalformedEvent extends Error {
  override readonly name = 'MalformedEvent'
}

/**
 * Takes the bytes of a stream in any slices.
 * @throws MalformedEvent from the returned function
 */
export function createStreamReader(handlers: StreamHandlers): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder()
  let problem: MalformedEvent | undefined
  const parser = createParser({
    maxBufferSize: SNAPSHOT_LIMIT_BYTES,
    onComment: handlers.onHeard,
    onRetry: handlers.onRetry,
    onEvent(message) {
      if (problem) return
      handlers.onHeard()
      try {
        const event = checkEvent(message.event, message.data)
        if (event) handlers.onEvent(event)
      } catch (error) {
        problem = error instanceof MalformedEvent ? error : new MalformedEvent(String(error))
      }
    },
    onError(error) {
      // Unknown fields are for later versions; only a line without end is a reason to stop.
      if (error.type === 'max-buffer-size-exceeded') problem = new MalformedEvent('an event is larger than 20 MB')
    },
  })
  return (chunk) => {
    parser.feed(decoder.decode(chunk, { stream: true }))
    if (problem) throw problem
  }
}

/** Undefined for a type that this version does not know. */
function checkEvent(type: string | undefined, text: string): StreamEvent | undefined {
  switch (type) {
    case 'current':
      return { type, data: read(type, text, isCurrentEvent) }
    case 'patch':
      return { type, data: read(type, text, isPatchEvent) }
    case 'kill':
    case 'restore':
      return { type, data: read(type, text, isKillEvent) }
    case 'reset':
      return { type, data: read(type, text, isResetEvent) }
    default:
      return undefined
  }
}

function read<T>(type: string, text: string, check: (value: unknown) => value is T): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new MalformedEvent(`a ${type} event is not JSON`)
  }
  if (!check(value)) throw new MalformedEvent(`a ${type} event has the wrong shape`)
  return value
}
