// For the integration tests of applications: the real client, its network answered by Mock Service Worker.
import type { FlagDocument, JsonValue, SnapshotHeader } from '@rampart/evaluation'
import { HttpResponse, type HttpHandler, http } from 'msw'
import { type DeclaredFlags, documentOf } from '../declared-flags.ts'

export type { DeclaredFlags } from '../declared-flags.ts'

export interface ServiceOptions {
  /** The `url` that the client is given. */
  url: string
  flags?: DeclaredFlags
}

export interface MockService {
  /** For `setupServer(...)`, `setupWorker(...)` or `server.use(...)`. */
  readonly handlers: HttpHandler[]
  /** Changes a flag on every open stream, as a change in the console would. */
  set(flag: string, value: JsonValue | FlagDocument): void
  /** Kills a flag on every open stream. */
  kill(flag: string): void
  /** Exposures that clients have reported, summed by flag and variant. */
  readonly exposures: readonly { flag: string; variant: string; count: number }[]
  /** Ends the open streams, so that the test can end. Clients would connect again: close them first. */
  close(): void
}

interface ExposureRow {
  flag: string
  variant: string
  count: number
}

/** What the service answers, with flags that the test declares. One for all tests of a file, or one for each. */
export function mockService({ url, flags = {} }: ServiceOptions): MockService {
  const base = url.replace(/\/+$/, '')
  const epoch = '01TEST00000000000000000000'
  const documents = new Map<string, FlagDocument>()
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const exposures: ExposureRow[] = []
  const encoder = new TextEncoder()
  let revision = 1

  function send(
    event: string,
    data: object,
    to: Iterable<ReadableStreamDefaultController<Uint8Array>> = streams,
  ): void {
    const id = event === 'kill' ? '' : `id: ${epoch}.${revision}\n`
    const frame = encoder.encode(`event: ${event}\n${id}data: ${JSON.stringify(data)}\n\n`)
    for (const stream of to) {
      try {
        stream.enqueue(frame)
      } catch {
        // Its reader has gone.
        streams.delete(stream)
      }
    }
  }

  function change(flag: FlagDocument): void {
    documents.set(flag.key, flag)
    const rows = { flags: [flag], removedFlags: [], segments: [], removedSegments: [] }
    send('patch', { epoch, from: revision - 1, to: revision, ...rows })
  }

  function snapshot(): string {
    const place = { project: 'test', environment: 'test' }
    const header: SnapshotHeader = { rampart: 1, epoch, revision, ...place, empty: documents.size === 0 }
    const rows = Array.from(documents.values(), (flag) => ({ flag }))
    return [header, ...rows, { end: { flags: documents.size, segments: 0 } }]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('')
  }

  for (const [key, value] of Object.entries(flags)) documents.set(key, documentOf(key, value, revision))

  return {
    exposures,
    handlers: [
      http.get(`${base}/sdk/v1/snapshot`, ({ request }) => {
        const etag = `W/"${epoch}.${revision}"`
        if (request.headers.get('if-none-match') === etag) return new HttpResponse(null, { status: 304 })
        return new HttpResponse(snapshot(), { headers: { 'Content-Type': 'application/x-ndjson', ETag: etag } })
      }),
      http.get(`${base}/sdk/v1/stream`, ({ request }) => {
        const isCurrent = request.headers.get('last-event-id') === `${epoch}.${revision}`
        let opened: ReadableStreamDefaultController<Uint8Array>
        const body = new ReadableStream<Uint8Array>({
          start(stream) {
            opened = stream
            streams.add(stream)
            send(isCurrent ? 'current' : 'reset', { epoch, revision, spreadMs: 0 }, [stream])
          },
          cancel: () => void streams.delete(opened),
        })
        // Chunked, as real servers frame a stream.
        return new HttpResponse(body, {
          headers: { 'Content-Type': 'text/event-stream', 'Transfer-Encoding': 'chunked' },
        })
      }),
      http.post(`${base}/sdk/v1/telemetry`, async ({ request }) => {
        const batch = (await request.json()) as { seq: number; exposures: ExposureRow[] }
        for (const { flag, variant, count } of batch.exposures) add(exposures, { flag, variant, count })
        return HttpResponse.json({ acknowledged: batch.seq, duplicate: false, ignored: 0 })
      }),
      http.post(`${base}/sdk/v1/receipts`, () => new HttpResponse(null, { status: 202 })),
    ],
    set(key, value) {
      revision += 1
      change(documentOf(key, value, revision))
    },
    kill(key) {
      const flag = documents.get(key)
      if (!flag) throw new Error(`There is no flag "${key}" here: declare it in \`flags\` or with set().`)
      revision += 1
      send('kill', { epoch, flag: key, revision, receipt: { windowMs: 0 } })
      change({ ...flag, killed: true, killRevision: revision, revision })
    },
    close() {
      for (const stream of streams) endSafely(stream)
      streams.clear()
    },
  }
}

function endSafely(stream: ReadableStreamDefaultController<Uint8Array>): void {
  try {
    stream.close()
  } catch {
    // Its reader has gone.
  }
}

function add(rows: ExposureRow[], { flag, variant, count }: ExposureRow): void {
  const row = rows.find((one) => one.flag === flag && one.variant === variant)
  if (row) row.count += count
  else rows.push({ flag, variant, count })
}
