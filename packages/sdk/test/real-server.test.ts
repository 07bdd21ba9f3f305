// One walk over real sockets: Node's own HTTP server, chunks as TCP cuts them, and a process that can end.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '../src/index.ts'
import { EPOCH, eventually, flagOf, patchOf, snapshotText } from './fake-service.ts'

const requests: { path: string; lastEventId: string | undefined; body: string }[] = []
const streams: ServerResponse[] = []
const flags = [flagOf('größe-🚩'), ...Array.from({ length: 2_000 }, (_, index) => flagOf(`flag-${index}`))]

const server = createServer(async (request, response) => {
  const body = await bodyOf(request)
  requests.push({ path: request.url ?? '', lastEventId: request.headers['last-event-id'] as string | undefined, body })
  switch (request.url) {
    case '/sdk/v1/snapshot':
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Content-Encoding': 'gzip' })
      response.end(gzipSync(snapshotText({ epoch: EPOCH, revision: 1, flags })))
      break
    case '/sdk/v1/stream':
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.write(`event: current\ndata: {"epoch":"${EPOCH}","revision":1}\n\n`)
      streams.push(response)
      break
    case '/sdk/v1/telemetry':
      response.end(JSON.stringify({ acknowledged: JSON.parse(body).seq, duplicate: false, ignored: 0 }))
      break
    default:
      response.writeHead(202).end()
  }
})

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test('snapshot, stream, kill, receipt, a cut connection and telemetry over real sockets', async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = createClient({ url, sdkKey: 'rps_real', onWarning: () => undefined })
  expect(await client.ready()).toMatchObject({ flags: 2_001, revision: 1 })
  expect(client.isEnabled('größe-🚩', 'ann')).toBe(true)
  await eventually(() => expect(client.status().state).toBe('streaming'))

  const frame = Buffer.from(
    `event: kill\ndata: {"epoch":"${EPOCH}","flag":"größe-🚩","revision":2,"receipt":{"windowMs":0}}\n\n`,
  )
  for (const byte of frame) streams[0]?.write(Buffer.of(byte))
  await eventually(() => expect(client.isEnabled('größe-🚩', 'ann')).toBe(false))
  await eventually(() => {
    const receipt = requests.find((request) => request.path === '/sdk/v1/receipts')
    expect(JSON.parse(receipt?.body ?? '{}').receipts).toEqual([{ flag: 'größe-🚩', revision: 2 }])
  })

  streams[0]?.write('event: patch\ndata: {"torn')
  streams[0]?.destroy()
  await eventually(() => expect(streams).toHaveLength(2))
  expect(requests.at(-1)?.lastEventId).toBe(`${EPOCH}.1`)
  streams[1]?.write(
    `event: patch\ndata: ${JSON.stringify(patchOf(1, 3, [flagOf('flag-7', { revision: 3, on: false })]))}\n\n`,
  )
  await eventually(() => expect(client.isEnabled('flag-7', 'ann')).toBe(false))
  expect(client.isEnabled('größe-🚩', 'ann')).toBe(false)

  await client.close()
  const batches = requests.filter((request) => request.path === '/sdk/v1/telemetry')
  expect(batches.flatMap((batch) => JSON.parse(batch.body).exposures).map((row) => row.flag)).toContain('flag-7')
  await eventually(() => expect(streams[1]?.destroyed).toBe(true))
})
