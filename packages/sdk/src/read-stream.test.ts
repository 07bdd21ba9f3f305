import { describe, expect, test } from 'vitest'
import { createStreamReader, MalformedEvent, type StreamEvent } from './read-stream.ts'

const encoder = new TextEncoder()
const cursor = { epoch: 'E', revision: 7 }
const text = [
  '\uFEFF: hello\r\n\r\n',
  `event: current\nid: E.7\ndata: ${JSON.stringify(cursor)}\n\n`,
  ': hb\n\n',
  `event: kill\r\ndata: {"epoch":"E","flag":"größe-🚩","revision":8,"receipt":{"windowMs":20}}\r\n\r\n`,
  'event: advice\ndata: of a later version\n\n',
  `event: restore\rdata: {"epoch":"E",\rdata: "flag":"größe-🚩","revision":9}\r\r`,
  `event: patch\nunknown: field\nretry: x\ndata: {"epoch":"E","from":7,"to":9,"flags":[],"removedFlags":[],"segments":[],"removedSegments":[],"later":1}\n\n`,
  `event: reset\ndata: {"epoch":"F","revision":1,"spreadMs":0}\n\n`,
].join('')
const bytes = encoder.encode(text)

function readAll(chunks: Uint8Array[]): StreamEvent[] {
  const events: StreamEvent[] = []
  const feed = createStreamReader({
    onHeard: () => undefined,
    onRetry: () => undefined,
    onEvent: (event) => events.push(event),
  })
  for (const chunk of chunks) feed(chunk)
  return events
}

const expected = ['current', 'kill größe-🚩', 'restore größe-🚩', 'patch', 'reset']
const names = (events: StreamEvent[]) =>
  events.map(({ type, data }) => ('flag' in data ? `${type} ${data.flag}` : type))

test('reads every event, whatever ends its lines', () => {
  expect(names(readAll([bytes]))).toEqual(expected)
})

test('reads the same when the bytes are torn at any place', () => {
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const events = names(readAll([bytes.subarray(0, cut), bytes.subarray(cut)]))
    expect(events, `torn at byte ${cut}`).toEqual(expected)
  }
})

test('reads the same byte by byte', () => {
  expect(names(readAll([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual(expected)
})

test('comments and unknown events are signs of life', () => {
  let heard = 0
  const feed = createStreamReader({ onHeard: () => (heard += 1), onRetry: () => undefined, onEvent: () => undefined })
  feed(encoder.encode(': hb\n\n'))
  feed(encoder.encode('event: advice\ndata: x\n\n'))
  expect(heard).toBe(2)
})

describe('refuses', () => {
  test.each([
    ['JSON that is torn', 'event: patch\ndata: {"epoch":\n\n'],
    ['a patch without revisions', 'event: patch\ndata: {"epoch":"E","flags":[]}\n\n'],
    [
      'a patch with a flag that is none',
      `event: patch\ndata: ${JSON.stringify({ epoch: 'E', from: 1, to: 2, flags: [{}], removedFlags: [], segments: [], removedSegments: [] })}\n\n`,
    ],
    ['a kill without a flag', 'event: kill\ndata: {"epoch":"E","revision":3}\n\n'],
    ['a revision that is no integer', 'event: current\ndata: {"epoch":"E","revision":"3"}\n\n'],
    ['a reset without a spread', 'event: reset\ndata: {"epoch":"E","revision":3}\n\n'],
    ['null', 'event: current\ndata: null\n\n'],
  ])('%s, and takes nothing that comes after it', (_, frame) => {
    const events: StreamEvent[] = []
    const feed = createStreamReader({
      onHeard: () => undefined,
      onRetry: () => undefined,
      onEvent: (event) => events.push(event),
    })
    const next = `event: current\ndata: ${JSON.stringify(cursor)}\n\n`
    expect(() => feed(encoder.encode(frame + next))).toThrow(MalformedEvent)
    expect(events).toEqual([])
  })

  test('a line that never ends', () => {
    const feed = createStreamReader({ onHeard: () => undefined, onRetry: () => undefined, onEvent: () => undefined })
    const megabyte = encoder.encode('x'.repeat(1_048_576))
    feed(encoder.encode('data: '))
    expect(() => {
      for (let count = 0; count < 22; count += 1) feed(megabyte)
    }).toThrow(MalformedEvent)
  })
})
