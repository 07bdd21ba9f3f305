// The client for pages against a service that lags, lies and cuts its lines: a `fetch` that the test scripts.
import { afterEach, expect, test, vi } from 'vitest'
import { type BrowserClient, createBrowserClient } from '../src/browser/index.ts'

const EPOCH = '01JD0000000000000000000000'
const encoder = new TextEncoder()
const opened: BrowserClient[] = []

function scripted() {
  const script = {
    revision: 1,
    on: true,
    asked: 0,
    streams: [] as ReadableStreamDefaultController<Uint8Array>[],
    warnings: [] as string[],
    answer: (): Response =>
      Response.json({
        epoch: EPOCH,
        revision: script.revision,
        flags: { a: { value: script.on, variant: script.on ? 'on' : 'off', reason: 'SPLIT', allocation: 1 } },
      }),
    stream: (): Response =>
      new Response(new ReadableStream({ start: (controller) => void script.streams.push(controller) }), {
        headers: { 'content-type': 'text/event-stream' },
      }),
    send(event: string, data: object): void {
      script.sendRaw(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    sendRaw(text: string): void {
      script.streams.at(-1)?.enqueue(encoder.encode(text))
    },
    client(): BrowserClient {
      const client = createBrowserClient({
        url: 'https://flags.test',
        clientKey: 'rpc_test',
        context: { targetingKey: 'ann' },
        storage: null,
        onWarning: (message) => script.warnings.push(message),
        async fetch(request, init) {
          if (String(request).endsWith('/stream')) {
            const response = script.stream()
            const controller = script.streams.at(-1)
            init?.signal?.addEventListener('abort', () => controller?.error(new Error('aborted')))
            return response
          }
          if (String(request).endsWith('/evaluate')) {
            script.asked++
            return script.answer()
          }
          return Response.json({})
        },
      })
      opened.push(client)
      return client
    },
  }
  return script
}

afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(opened.splice(0).map((client) => client.close()))
})

test('reads events torn at every byte, and survives those it does not know', async () => {
  const service = scripted()
  const client = service.client()
  await client.ready()
  const kill = JSON.stringify({ epoch: EPOCH, revision: 5, flag: 'a', variant: 'off', value: false })
  const text = `: hb\n\nevent: later\ndata: {"x":1}\n\nevent: kill\nid: 7\ndata: ${kill}\n\n`
  for (const character of text) service.sendRaw(character)
  await expect.poll(() => client.isEnabled('a')).toBe(false)
})

test('a kill holds until an answer knows of it; what is older takes nobody back', async () => {
  const service = scripted()
  const client = service.client()
  await client.ready()
  service.send('kill', { epoch: EPOCH, revision: 5, flag: 'a', variant: 'off', value: false })
  await expect.poll(() => client.isEnabled('a')).toBe(false)
  service.revision = 4
  await client.identify({ targetingKey: 'ann', plan: 'pro' })
  expect(client.isEnabled('a')).toBe(false)
  service.revision = 6
  await client.identify({ targetingKey: 'ann', plan: 'free' })
  expect(client.isEnabled('a')).toBe(true)
  service.revision = 5
  service.on = false
  await client.identify({ targetingKey: 'ann', plan: 'pro' })
  expect(client.isEnabled('a')).toBe(true)
})

test('asks again when the replica that answers is behind the one that told', async () => {
  vi.useFakeTimers()
  const service = scripted()
  const client = service.client()
  await client.ready()
  service.send('refetch', { epoch: EPOCH, revision: 2, spreadMs: 0 })
  await vi.advanceTimersByTimeAsync(100)
  expect(service.asked).toBe(2)
  service.revision = 2
  service.on = false
  await vi.advanceTimersByTimeAsync(1_500)
  expect(service.asked).toBe(3)
  expect(client.isEnabled('a')).toBe(false)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(service.asked).toBe(3)
})

test('without a stream the values are looked at now and then, by a client that does not storm', async () => {
  vi.useFakeTimers()
  const service = scripted()
  service.stream = () => new Response('full', { status: 503, headers: { 'retry-after': '1' } })
  const client = service.client()
  await client.ready()
  service.on = false
  service.revision = 2
  await vi.advanceTimersByTimeAsync(120_000)
  expect(client.isEnabled('a')).toBe(false)
  expect(service.asked).toBeGreaterThan(3)
  expect(service.asked).toBeLessThan(20)
})

test('a stream that falls silent is given up and made anew', async () => {
  vi.useFakeTimers()
  const service = scripted()
  const client = service.client()
  await client.ready()
  service.send('current', { epoch: EPOCH, revision: 1 })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(client.status().state).toBe('streaming')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(service.streams.length).toBeGreaterThan(1)
})

test.each([
  ['a page of HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
  ['another JSON', () => Response.json({ hello: 'world' })],
  ['flags of a wrong shape', () => Response.json({ epoch: EPOCH, revision: 9, flags: { a: 'on' } })],
  ['a refusal', () => new Response('', { status: 500 })],
])('%s changes nothing, and is said once', async (_, answer) => {
  const service = scripted()
  const client = service.client()
  await client.ready()
  service.answer = answer
  await client.identify({ targetingKey: 'ann', plan: 'pro' })
  await client.identify({ targetingKey: 'ann', plan: 'free' })
  expect(client.isEnabled('a')).toBe(true)
  expect(service.warnings).toHaveLength(1)
})

test('identities said in quick order end with the last, whichever answer comes first', async () => {
  const service = scripted()
  const client = service.client()
  await client.ready()
  const held: ((response: Response) => void)[] = []
  const good = service.answer
  service.answer = () => new Promise<Response>((resolve) => held.push(resolve)) as unknown as Response
  const first = client.identify({ targetingKey: 'ann', plan: 'a' })
  const second = client.identify({ targetingKey: 'ann', plan: 'b' })
  service.on = false
  service.revision = 2
  held[1]?.(good())
  await second
  expect(client.isEnabled('a')).toBe(false)
  service.on = true
  service.revision = 3
  held[0]?.(good())
  await first
  expect(client.isEnabled('a')).toBe(false)
})
