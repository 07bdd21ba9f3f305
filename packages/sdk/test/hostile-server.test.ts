// What no stand-in for the network can do: sockets that are reset, answers that lie about themselves. Each server is hostile
// once, with the first request, and then well behaved: what is known stays in force, and the client comes back by itself.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createClient } from '../src/index.ts'
import { EPOCH, eventually, flagOf, snapshotText } from './fake-service.ts'

const SNAPSHOT = snapshotText({ epoch: EPOCH, revision: 2, flags: [flagOf('new', { revision: 2 })] })
const BOOTSTRAP = snapshotText({ epoch: EPOCH, revision: 1, flags: [flagOf('known')] })
const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n'
const half = SNAPSHOT.slice(0, SNAPSHOT.length / 2)

const hostilities: Record<string, (socket: Socket) => void> = {
  'resets the connection': (socket) => void socket.resetAndDestroy(),
  'resets it within the headers': (socket) => socket.write('HTTP/1.1 200 O', () => socket.resetAndDestroy()),
  'resets it within the body': (socket) =>
    socket.write(`${OK}Content-Length: ${SNAPSHOT.length}\r\n\r\n${half}`, () => socket.resetAndDestroy()),
  'ends within the body': (socket) => socket.end(`${OK}Content-Length: ${SNAPSHOT.length}\r\n\r\n${half}`),
  'ends within a chunk': (socket) => socket.end(`${OK}Transfer-Encoding: chunked\r\n\r\nffff\r\n${half}`),
  'ends a body without length too soon': (socket) => socket.end(`${OK}Connection: close\r\n\r\n${half}`),
  'says that it is shorter than it is': (socket) =>
    socket.end(`${OK}Content-Length: ${half.length}\r\n\r\n${SNAPSHOT}`),
  'calls it gzip when it is not': (socket) =>
    socket.end(`${OK}Content-Encoding: gzip\r\nContent-Length: ${SNAPSHOT.length}\r\n\r\n${SNAPSHOT}`),
  'speaks another protocol': (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
  'sends headers without end': (socket) => socket.write(`${OK}X-More: ${'x'.repeat(1_000_000)}`),
  'sends bytes that are no text': (socket) =>
    socket.end(Buffer.concat([Buffer.from(`${OK}\r\n`), Buffer.alloc(5_000, 0xff)])),
}

const open: (() => unknown)[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

/** Resolves with the address. Requests behind the first get a snapshot, and a stream that greets. */
async function hostileOnce(hostility: (socket: Socket) => void): Promise<string> {
  let connections = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const isFirst = ++connections === 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      if (isFirst) hostility(socket)
      else if (bytes.includes('/sdk/v1/snapshot')) socket.end(`${OK}Connection: close\r\n\r\n${SNAPSHOT}`)
      else if (bytes.includes('/sdk/v1/stream')) {
        const greeting = `event: current\ndata: {"epoch":"${EPOCH}","revision":2}\n\n`
        socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${greeting}`)
      } else socket.end('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test.each(Object.keys(hostilities))('a server that %s changes nothing, and the client comes back', async (name) => {
  const url = await hostileOnce(hostilities[name] as (socket: Socket) => void)
  const client = createClient({ url, sdkKey: 'rps_hostile', bootstrap: BOOTSTRAP, onWarning: () => undefined })
  open.push(() => client.close())
  await eventually(() => expect(client.status().state).toBe('waiting'))
  expect(client.status()).toMatchObject({ source: 'bootstrap', flags: 1, problem: expect.any(String) })
  expect(client.isEnabled('known', 'ann')).toBe(true)

  await eventually(() => expect(client.status()).toMatchObject({ state: 'streaming', source: 'stream' }))
  expect(client.isEnabled('new', 'ann')).toBe(true)
  expect(client.status().problem).toBeUndefined()
})
