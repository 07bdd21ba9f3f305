// A bare SSE client: what a socket really receives, without an SDK's own ideas.
import { type ClientRequest, type IncomingMessage, request } from 'node:http'

interface SseEvent {
  event: string
  id: string | undefined
  // What a test expects of an event's data, it says by matching.
  data: Record<string, unknown>
}

export interface SseClient {
  response: IncomingMessage
  /** Everything received so far, comments and all. */
  text(): string
  /** The next event not yet taken. Rejects after 5 s, or when the stream ends first. */
  next(): Promise<SseEvent>
  /** Takes events until one has this name. */
  until(event: string): Promise<SseEvent>
  /** Waits for text, comments included. */
  untilText(part: string): Promise<void>
  /** Resolves when the server has closed the stream. */
  closed: Promise<void>
  close(): void
}

const PATIENCE_MS = 5000

export interface SseOptions {
  instance?: string
  name?: string
  lastEventId?: string
  headers?: Record<string, string>
}

/** Opens a stream and resolves when the head of the answer is there, whatever its status. */
export function openSse(url: string, secret: string, options: SseOptions = {}): Promise<SseClient> {
  const headers = {
    authorization: `Bearer ${secret}`,
    ...(options.instance ? { 'rampart-instance': options.instance } : {}),
    ...(options.name ? { 'rampart-name': options.name } : {}),
    ...(options.lastEventId ? { 'last-event-id': options.lastEventId } : {}),
    ...options.headers,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, agent: false })
    outgoing.once('error', reject)
    outgoing.once('response', (response) => resolve(follow(outgoing, response)))
    outgoing.end()
  })
}

function follow(outgoing: ClientRequest, response: IncomingMessage): SseClient {
  const events: SseEvent[] = []
  let received = ''
  let rest = ''
  let ended = false
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }

  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    received += chunk
    const blocks = (rest + chunk).split('\n\n')
    rest = blocks.pop() ?? ''
    events.push(...blocks.flatMap(parseBlock))
    changed()
  })
  outgoing.on('error', () => {})
  const closed = new Promise<void>((resolve) => {
    response.once('close', () => {
      ended = true
      changed()
      resolve()
    })
  })

  /** Waits until `check` gives something; events are what wakes it, never a timer. */
  function wait<T>(what: string, check: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer)
        listeners.delete(look)
        settle()
      }
      const fail = (why: string) =>
        finish(() => reject(new Error(`${why} while waiting for ${what}; got: ${received}`)))
      const timer = setTimeout(() => fail('too long'), PATIENCE_MS)
      const look = () => {
        const found = check()
        if (found !== undefined) finish(() => resolve(found))
        else if (ended) fail('stream ended')
      }
      listeners.add(look)
      look()
    })
  }

  const client: SseClient = {
    response,
    text: () => received,
    next: () => wait('an event', () => events.shift()),
    until: (event) =>
      wait(`event ${event}`, () => {
        for (let next = events.shift(); next; next = events.shift()) if (next.event === event) return next
        return undefined
      }),
    async untilText(part) {
      await wait(`text ${part}`, () => (received.includes(part) ? true : undefined))
    },
    closed,
    close: () => outgoing.destroy(),
  }
  return client
}

function parseBlock(block: string): SseEvent[] {
  const fields = new Map(
    block
      .split('\n')
      .filter((line) => !line.startsWith(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const),
  )
  const event = fields.get('event')
  if (!event) return []
  return [{ event, id: fields.get('id'), data: JSON.parse(fields.get('data') ?? 'null') as Record<string, unknown> }]
}
