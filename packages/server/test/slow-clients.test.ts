// Connections that say nothing, or say it slowly, or are too many: they end, and the others do not notice.
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createSdkKey, eventually } from './delivery/given.ts'
import { openSse } from './delivery/sse-client.ts'
import { startTestServer, type TestServer } from './harness.ts'

describe('a server (Postgres only)', () => {
  const undo: (() => unknown)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  async function start(...options: Parameters<typeof startTestServer>): Promise<TestServer> {
    const server = await startTestServer(...options)
    undo.push(() => server.close())
    return server
  }

  function open(server: TestServer): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => resolve(socket))
      socket.on('error', reject)
      undo.push(() => socket.destroy())
    })
  }

  /** Everything the server says until it closes the connection. */
  function untilClosed(socket: Socket): Promise<string> {
    let said = ''
    socket.on('data', (bytes) => (said += bytes.toString()))
    return new Promise((resolve) => socket.once('close', () => resolve(said)))
  }

  const isLive = async (server: TestServer) => (await fetch(`${server.url}/health/live`)).ok

  it.each([
    ['says nothing', []],
    ['sends a header at a time', ['GET /health/live HTTP/1.1\r\n', 'Host: x\r\n', ...Array(40).fill('X-Slow: 1\r\n')]],
    [
      'sends a byte of its body at a time',
      [
        'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n',
        ...Array(40).fill(' '),
      ],
    ],
  ])('ends a connection that %s', async (_what, parts: string[]) => {
    const arrival = { headersTimeout: 400, requestTimeout: 800, connectionsCheckingInterval: 100 }
    const server = await start({}, { arrival })
    const socket = await open(server)
    socket.on('error', () => {})
    const closed = untilClosed(socket)
    const dripping = setInterval(() => {
      const part = parts.shift()
      if (part !== undefined && !socket.destroyed) socket.write(part)
    }, 100)
    undo.push(() => clearInterval(dripping))
    expect(await closed).toMatch(/^(HTTP\/1.1 408|$)/)
    expect(parts.length).toBeLessThan(40)
    expect(await isLive(server)).toBe(true)
  })

  it('with more idle connections than it may hold serves those who speak, and keeps its streams', async () => {
    const server = await start({}, { connectionCap: 30 })
    const { key } = await createSdkKey(server)
    const stream = await openSse(`${server.url}/sdk/v1/stream`, key)
    await stream.until('reset')
    const idle = await Promise.all(Array.from({ length: 100 }, () => open(server)))
    let ended = 0
    for (const socket of idle) {
      socket.on('error', () => {})
      socket.once('close', () => ended++)
      socket.resume()
    }
    expect(await isLive(server)).toBe(true)
    expect((await server.api('GET', '/api/v1/projects')).status).toBe(200)
    await eventually(
      async () => ended,
      (count) => count >= 70,
    )
    expect(stream.response.destroyed).toBe(false)
    stream.close()
  })

  it('lets streams in at its rate and sends the rest away for a moment', async () => {
    const server = await start({}, { streamsPerSecond: 5 })
    const { key } = await createSdkKey(server)
    const url = `${server.url}/sdk/v1/stream`
    const streams = await Promise.all(Array.from({ length: 40 }, () => openSse(url, key)))
    undo.push(() => {
      for (const stream of streams) stream.close()
    })
    const refused = streams.filter(({ response }) => response.statusCode === 503)
    expect(refused.length).toBeGreaterThan(10)
    expect(streams.length - refused.length).toBeGreaterThanOrEqual(5)
    for (const { response } of refused) {
      expect(Number(response.headers['retry-after'])).toBeGreaterThanOrEqual(1)
      expect(Number(response.headers['retry-after'])).toBeLessThanOrEqual(5)
    }
    const { statusCode } = await eventually(
      async () => {
        const stream = await openSse(url, key)
        stream.close()
        return stream.response
      },
      (response) => response.statusCode === 200,
    )
    expect(statusCode).toBe(200)
  })
})
