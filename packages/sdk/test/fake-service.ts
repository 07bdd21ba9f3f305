// The service as the network sees it: answers that a test sets, streams that a test pushes by hand. It knows nothing of
// the SDK's inside.
import type { FlagDocument, SegmentDocument } from '@rampart/evaluation'
import { HttpResponse, http, type HttpResponseResolver } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, vi } from 'vitest'
import { type Client, type ClientOptions, createClient } from '../src/index.ts'

export const EPOCH = '01JD0000000000000000000000'
export const LATER_EPOCH = '01JE0000000000000000000000'

/** Chunked, as real servers frame a stream: without it the network's stand-in takes a dropped stream for its end. */
export const STREAM_HEADERS = { 'Content-Type': 'text/event-stream', 'Transfer-Encoding': 'chunked' }

const encoder = new TextEncoder()

export interface OpenStream {
  lastEventId: string | null
  /** True when the SDK has let go. */
  cancelled: boolean
  send(type: string, data: unknown, id?: string): void
  sendRaw(bytes: string | Uint8Array): void
  end(): void
}

export interface Batch {
  instance: string
  seq: number
  spanMs: number
  exposures: { flag: string; variant: string; allocation: number; count: number }[]
  ramps?: { flag: string; allocation: number; variant: string | null; metric?: string; subBuckets: number[][] }[]
  metrics?: {
    metric: string
    flag?: string
    variant?: string
    count: number
    sum: number
    zeros: number
    bins: [number, number][]
  }[]
  attributes?: [name: string, type: string][]
  epoch?: string
  revision?: number
  dropped?: number
}

/** Starts before the tests of a file and is fresh for each. */
export function useFakeService() {
  const server = setupServer()
  const clients: Client[] = []
  let keys = 0
  const service = {
    url: 'https://flags.test',
    sdkKey: '',
    epoch: EPOCH,
    revision: 1,
    flags: [] as FlagDocument[],
    segments: [] as SegmentDocument[],
    /** Requests in the order of arrival, by path. */
    requests: [] as { path: string; headers: Headers; body: string }[],
    batches: [] as Batch[],
    receipts: [] as { flag: string; revision: number }[],
    streams: [] as OpenStream[],
    warnings: [] as string[],
    /** Set to answer otherwise than well. Undefined falls through to the ordinary answer. */
    onSnapshot: undefined as HttpResponseResolver | undefined,
    onStream: undefined as HttpResponseResolver | undefined,
    onTelemetry: undefined as HttpResponseResolver | undefined,
    onReceipts: undefined as HttpResponseResolver | undefined,
    /** Addresses of requests that went anywhere else. */
    elsewhere: [] as string[],

    client(options: Partial<ClientOptions> = {}): Client {
      const client = createClient({
        url: service.url,
        sdkKey: service.sdkKey,
        onWarning: (message) => service.warnings.push(message),
        ...options,
      })
      clients.push(client)
      return client
    },
    get stream(): OpenStream {
      const stream = service.streams.at(-1)
      if (!stream) throw new Error('no stream is open')
      return stream
    },
    cursor: () => ({ epoch: service.epoch, revision: service.revision }),
    asked: (path: string) => service.requests.filter((request) => request.path === path),
  }

  function answerSnapshot(request: Request) {
    const etag = `W/"${service.epoch}.${service.revision}"`
    if (request.headers.get('If-None-Match') === etag) return new HttpResponse(null, { status: 304 })
    return new HttpResponse(snapshotText(service), { headers: { 'Content-Type': 'application/x-ndjson', ETag: etag } })
  }

  function answerStream(request: Request) {
    let controller: ReadableStreamDefaultController<Uint8Array>
    const stream: OpenStream = {
      lastEventId: request.headers.get('Last-Event-ID'),
      cancelled: false,
      send(type, data, id) {
        stream.sendRaw(`event: ${type}\n${id ? `id: ${id}\n` : ''}data: ${JSON.stringify(data)}\n\n`)
      },
      sendRaw(bytes) {
        controller.enqueue(typeof bytes === 'string' ? encoder.encode(bytes) : bytes)
      },
      end: () => controller.close(),
    }
    const body = new ReadableStream<Uint8Array>({
      start(started) {
        controller = started
      },
      cancel() {
        stream.cancelled = true
      },
    })
    request.signal.addEventListener('abort', () => {
      stream.cancelled = true
    })
    service.streams.push(stream)
    if (stream.lastEventId === `${service.epoch}.${service.revision}`) stream.send('current', service.cursor())
    else stream.send('reset', { ...service.cursor(), spreadMs: 0 })
    return new HttpResponse(body, { headers: STREAM_HEADERS })
  }

  function answerTelemetry(body: string) {
    const batch: Batch = JSON.parse(body)
    service.batches.push(batch)
    return HttpResponse.json({ acknowledged: batch.seq, duplicate: false, ignored: 0 })
  }

  function answerReceipts(body: string) {
    service.receipts.push(...JSON.parse(body).receipts)
    return new HttpResponse(null, { status: 202 })
  }

  const handle =
    (
      own: 'onSnapshot' | 'onStream' | 'onTelemetry' | 'onReceipts',
      answer: (request: Request, body: string) => Response,
    ): HttpResponseResolver =>
    async (info) => {
      const body = await info.request.clone().text()
      service.requests.push({ path: new URL(info.request.url).pathname, headers: info.request.headers, body })
      return (await service[own]?.(info)) ?? answer(info.request, body)
    }

  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
  afterAll(() => server.close())
  beforeAll(reset)
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()))
    reset()
  })

  function reset(): void {
    keys += 1
    Object.assign(service, {
      // A key of its own per test: clients of the same key share a connection.
      sdkKey: `rps_test_${keys}`,
      epoch: EPOCH,
      revision: 1,
      flags: [],
      segments: [],
      requests: [],
      batches: [],
      receipts: [],
      streams: [],
      warnings: [],
      onSnapshot: undefined,
      onStream: undefined,
      onTelemetry: undefined,
      onReceipts: undefined,
      elsewhere: [],
    })
    server.resetHandlers(
      http.get('https://flags.test/sdk/v1/snapshot', handle('onSnapshot', answerSnapshot)),
      http.get('https://flags.test/sdk/v1/stream', handle('onStream', answerStream)),
      http.post(
        'https://flags.test/sdk/v1/telemetry',
        handle('onTelemetry', (_, body) => answerTelemetry(body)),
      ),
      http.post(
        'https://flags.test/sdk/v1/receipts',
        handle('onReceipts', (_, body) => answerReceipts(body)),
      ),
      http.all('https://flags.test/*', ({ request }) => {
        service.elsewhere.push(request.url)
        return new HttpResponse(null, { status: 404 })
      }),
    )
  }

  return service
}

/** A snapshot as the service writes it. */
export function snapshotText(content: {
  epoch: string
  revision: number
  flags: FlagDocument[]
  segments?: SegmentDocument[]
  empty?: boolean
}): string {
  const { epoch, revision, flags, segments = [], empty = flags.length === 0 } = content
  return [
    { rampart: 1, epoch, revision, project: 'default', environment: 'production', empty },
    ...segments.map((segment) => ({ segment })),
    ...flags.map((flag) => ({ flag })),
    { end: { flags: flags.length, segments: segments.length } },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')
}

/** A boolean flag that is on for everybody unless said otherwise. */
export function flagOf(key: string, more: Partial<FlagDocument> = {}): FlagDocument {
  return {
    // As the service writes it: the head first.
    key,
    revision: 1,
    killed: false,
    killRevision: 0,
    type: 'boolean',
    salt: key,
    variants: [
      { name: 'on', value: true },
      { name: 'off', value: false },
    ],
    offVariant: 'off',
    on: true,
    rules: [],
    defaultServe: { variant: 'on' },
    allocation: 1,
    ...more,
  }
}

export function patchOf(from: number, to: number, flags: FlagDocument[], more: Record<string, unknown> = {}) {
  return { epoch: EPOCH, from, to, flags, removedFlags: [], segments: [], removedSegments: [], ...more }
}

/** Waits in real time until `assert` no longer throws. Long, because a busy machine is no failure. */
export function eventually<T>(assert: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(assert, { timeout: 10_000, interval: 5 })
}
