import { ulid } from 'ulid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, FLAGS, ramp, readJson } from './given.ts'
import { openSse, type SseOptions } from './sse-client.ts'

describe('GET /sdk/v1/stream (Postgres only)', () => {
  let server: TestServer
  let key: string
  beforeAll(async () => {
    server = await startTestServer({}, { heartbeatMs: 200, streamCap: 8 })
    key = (await createSdkKey(server)).key
    await createFlag(server, 'checkout')
  })
  afterAll(() => server?.close())

  const open = (options?: SseOptions) => openSse(`${server.url}/sdk/v1/stream`, key, options)

  /** `epoch.revision` of now, as a client that has just fetched everything would hold it. */
  async function position(): Promise<{ epoch: string; revision: number; id: string }> {
    const response = await fetch(`${server.url}/sdk/v1/snapshot`, { headers: { authorization: `Bearer ${key}` } })
    const header = JSON.parse((await response.text()).split('\n')[0] ?? '')
    return { ...header, id: `${header.epoch}.${header.revision}` }
  }

  it('tells proxies to leave it alone, and beats', async () => {
    const client = await open()
    expect(client.response.statusCode).toBe(200)
    expect(client.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    await client.untilText(': hb\n\n')
    client.close()
  })

  it('sends a new client to the snapshot, at once', async () => {
    const { epoch, revision } = await position()
    const client = await open()
    expect(await client.next()).toEqual({ event: 'reset', id: undefined, data: { epoch, revision, spreadMs: 0 } })
    client.close()
  })

  it('greets a client that is up to date with its own position', async () => {
    const { epoch, revision, id } = await position()
    const client = await open({ lastEventId: id })
    expect(await client.next()).toEqual({ event: 'current', id, data: { epoch, revision } })
    client.close()
  })

  it('sends a change as a patch of the whole flag', async () => {
    const before = await position()
    const client = await open({ lastEventId: before.id })
    await client.until('current')
    await ramp(server, 'checkout', 5000)
    const { data, id } = await client.next()
    expect(id).toBe(`${before.epoch}.${before.revision + 1}`)
    expect(data).toMatchObject({
      epoch: before.epoch,
      from: before.revision,
      to: before.revision + 1,
      removedFlags: [],
    })
    expect(data['flags']).toMatchObject([
      { key: 'checkout', on: true, defaultServe: { rollout: { weight: 5000 } }, revision: before.revision + 1 },
    ])
    client.close()
  })

  it('catches a client up that was away, archived flags included', async () => {
    await createFlag(server, 'short-lived')
    const before = await eventually(position, ({ revision }) => revision >= 3)
    await ramp(server, 'checkout', 6000)
    await ramp(server, 'checkout', 7000)
    await call(server, 'POST', `${FLAGS}/short-lived/archive`, {})
    const after = await eventually(position, ({ revision }) => revision >= before.revision + 3)
    const client = await open({ lastEventId: before.id })
    const { event, data, id } = await client.next()
    expect(event).toBe('patch')
    expect(id).toBe(after.id)
    expect(data['flags']).toMatchObject([{ key: 'checkout', defaultServe: { rollout: { weight: 7000 } } }])
    expect(data['removedFlags']).toEqual([{ key: 'short-lived', revision: after.revision }])
    client.close()
  })

  it.each([
    ['of another epoch', () => `${ulid(1)}.1`],
    ['ahead of ours', (now: { epoch: string; revision: number }) => `${now.epoch}.${now.revision + 100}`],
    ['that is nonsense', () => 'yesterday'],
  ])('sends a client with a position %s to the snapshot', async (_, makeId) => {
    const now = await position()
    const client = await open({ lastEventId: makeId(now) })
    expect(await client.next()).toMatchObject({ event: 'reset', data: { epoch: now.epoch, revision: now.revision } })
    client.close()
  })

  it('sends a kill ahead of its patch, without an id, and the restore likewise', async () => {
    const before = await position()
    const client = await open({ lastEventId: before.id })
    await client.until('current')
    const { revision } = await call(server, 'POST', `${configurationPath('checkout')}/kill`, { reason: 'errors' })
    expect(await client.next()).toEqual({
      event: 'kill',
      id: undefined,
      data: { epoch: before.epoch, flag: 'checkout', revision, receipt: { windowMs: 0 } },
    })
    const patch = await client.next()
    expect(patch.event).toBe('patch')
    expect(patch.data['flags']).toMatchObject([{ key: 'checkout', killed: true, killRevision: revision }])

    await call(server, 'POST', `${configurationPath('checkout')}/restore`, {})
    expect(await client.next()).toMatchObject({ event: 'restore', data: { revision: revision + 1 } })
    expect((await client.next()).data['flags']).toMatchObject([{ killed: false, killRevision: revision + 1 }])
    client.close()
  })

  it('asks a client that missed a kill to confirm it when it is back', async () => {
    const before = await position()
    const { revision } = await call(server, 'POST', `${configurationPath('checkout')}/kill`, {})
    await eventually(position, (now) => now.revision >= revision)
    const client = await open({ lastEventId: before.id })
    expect(await client.next()).toMatchObject({ event: 'kill', data: { flag: 'checkout', revision } })
    expect(await client.next()).toMatchObject({ event: 'patch', data: { to: revision } })
    client.close()
  })

  it('makes one patch of many changes made at once', async () => {
    const before = await position()
    const client = await open({ lastEventId: before.id })
    await client.until('current')
    const keys = Array.from({ length: 20 }, (_, at) => `burst-${at}`)
    await Promise.all(keys.map((flag) => createFlag(server, flag)))
    const seen = new Set<string>()
    let patches = 0
    let reached = before.revision
    while (reached < before.revision + keys.length) {
      const { data } = await client.until('patch')
      expect(data['from']).toBe(reached)
      reached = data['to'] as number
      for (const flag of data['flags'] as { key: string }[]) seen.add(flag.key)
      patches++
    }
    expect([...seen].sort()).toEqual(keys.sort())
    expect(patches).toBeLessThan(keys.length)
    client.close()
  })

  it('closes the streams of a revoked key, and only those', async () => {
    const other = await createSdkKey(server)
    const mine = await open()
    const theirs = await openSse(`${server.url}/sdk/v1/stream`, other.key)
    await call204(`/api/v1/projects/default/environments/production/sdk-keys/${other.id}`)
    await theirs.closed
    await ramp(server, 'checkout', 9000)
    await mine.until('patch')
    const again = await openSse(`${server.url}/sdk/v1/stream`, other.key)
    expect(again.response.statusCode).toBe(401)
    mine.close()
  })

  async function call204(path: string): Promise<void> {
    expect((await server.api('DELETE', path)).status).toBe(204)
  }

  it('refuses streams above its cap, with a time to come back, and takes them again later', async () => {
    await eventually(streamCount, (count) => count === 0)
    const clients = await Promise.all(Array.from({ length: 8 }, () => open()))
    const refused = await open()
    expect(refused.response.statusCode).toBe(503)
    expect(Number(refused.response.headers['retry-after'])).toBeGreaterThanOrEqual(5)
    for (const client of clients) client.close()
    await eventually(streamCount, (count) => count === 0)
    const client = await open()
    expect(client.response.statusCode).toBe(200)
    client.close()
    await eventually(streamCount, (count) => count === 0)
  })

  async function streamCount(): Promise<number> {
    return (await readJson(await fetch(`${server.url}/health/ready`))).streams
  }

  it('answers HEAD with a head and goes on serving the connection', async () => {
    const headers = { authorization: `Bearer ${key}` }
    for (const path of ['/sdk/v1/stream', '/sdk/v1/snapshot']) {
      const response = await fetch(server.url + path, { method: 'HEAD', headers })
      expect(response.status).toBe(200)
      expect(await response.text()).toBe('')
    }
    expect(await streamCount()).toBe(0)
    expect((await position()).epoch).toBeTruthy()
  })

  it.each([
    ['no key', ''],
    ['a wrong key', 'rps_wrong'],
  ])('refuses %s with 401', async (_, wrong) => {
    const client = await openSse(`${server.url}/sdk/v1/stream`, wrong)
    expect(client.response.statusCode).toBe(401)
  })
})

describe('a server that stops (Postgres only)', () => {
  it('says goodbye to its streams, each with a moment to come back', async () => {
    const server = await startTestServer()
    const { key } = await createSdkKey(server)
    const client = await openSse(`${server.url}/sdk/v1/stream`, key)
    await client.until('reset')
    await server.close()
    await client.closed
    expect(client.text()).toMatch(/retry: \d+\n: goodbye\n\n$/)
  })
})
