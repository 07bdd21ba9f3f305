import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually } from './given.ts'
import { openSse } from './sse-client.ts'

describe('receipts of a kill (Postgres only)', () => {
  let server: TestServer
  let key: string
  beforeAll(async () => {
    server = await startTestServer()
    key = (await createSdkKey(server)).key
    for (const flag of ['a', 'b', 'c', 'd']) await createFlag(server, flag)
  })
  afterAll(() => server?.close())

  const open = (instance?: string, name?: string) =>
    openSse(`${server.url}/sdk/v1/stream`, key, {
      ...(instance ? { instance } : {}),
      ...(name ? { name } : {}),
      headers: { 'rampart-sdk': 'rampart-node/0.1.0' },
    })

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${server.url}/sdk/v1/receipts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  const kill = (flag: string) => call(server, 'POST', `${configurationPath(flag)}/kill`, {})
  const delivery = async (flag: string) => (await call(server, 'GET', `${configurationPath(flag)}/kill`)).delivery

  it('counts to whom it went, who confirmed, and names who did not', async () => {
    const clients = [await open('i-1', 'shop-1'), await open('i-2', 'shop-2'), await open('i-3'), await open()]
    for (const client of clients) await client.until('reset')
    const { revision } = await kill('a')
    for (const client of clients) await client.until('kill')

    const sent = await eventually(
      () => delivery('a'),
      ({ streams }) => streams === 3,
    )
    expect(sent).toMatchObject({ sent: 3, confirmed: 0, confirmedMs: null, unconfirmable: 1 })
    expect(sent.sentMs).toBeGreaterThanOrEqual(0)

    for (const instance of ['i-1', 'i-2', 'i-1']) {
      const response = await post({ instance, receipts: [{ flag: 'a', revision }] })
      expect(response.status).toBe(202)
      expect(response.headers.get('connection')).toBe('close')
    }
    const confirmed = await eventually(
      () => delivery('a'),
      (now) => now.confirmed === 2,
    )
    expect(confirmed).toMatchObject({ streams: 3, sent: 3, unconfirmable: 1 })
    expect(confirmed.confirmedMs).toBeGreaterThanOrEqual(confirmed.sentMs)
    expect(confirmed.lagging).toEqual([
      { instance: 'i-3', sdk: 'rampart-node/0.1.0', reason: expect.stringMatching(/^no answer for \d+ s$/) },
    ])
    for (const client of clients) client.close()
  })

  it('says of a stream that was lost that it was lost', async () => {
    const client = await open('i-lost', 'shop-lost')
    await client.until('reset')
    await kill('b')
    await client.until('kill')
    await eventually(
      () => delivery('b'),
      ({ sent }) => sent === 1,
    )
    client.close()
    const { lagging } = await eventually(
      () => delivery('b'),
      (now) => now.lagging[0]?.reason.startsWith('stream lost'),
    )
    expect(lagging).toMatchObject([{ instance: 'shop-lost', reason: expect.stringMatching(/^stream lost \d+ s ago$/) }])
  })

  it('counts no receipt for a kill that never was, nor of a client without a stream', async () => {
    const { revision } = await kill('c')
    await post({ instance: 'i-9', receipts: [{ flag: 'c', revision: revision + 1000 }] })
    await post({ instance: 'i-9', receipts: [{ flag: 'a', revision }] })
    await post({ instance: 'i-8', receipts: [{ flag: 'c', revision }] })
    const stored = () =>
      server.store.db.query.killDeliveries.findMany({ where: (row, { eq }) => eq(row.revision, revision) })
    const rows = await eventually(stored, ({ length }) => length > 0)
    expect(rows).toMatchObject([{ instance: 'i-8', replica: '' }])
    expect(await delivery('c')).toMatchObject({ streams: 0, confirmed: 0 })
  })

  it.each([
    ['an unknown field', { instance: 'i', receipts: [{ flag: 'a', revision: 1 }], extra: 1 }],
    ['no receipts', { instance: 'i', receipts: [] }],
    ['an odd instance', { instance: 'i\u0007', receipts: [{ flag: 'a', revision: 1 }] }],
    ['a revision that is none', { instance: 'i', receipts: [{ flag: 'a', revision: '1' }] }],
    ['half a body', '{"instance": "i"'],
  ])('refuses %s', async (_, body) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { code: 'INVALID_INPUT' } })
  })

  it('refuses a stranger, and a body beyond 64 kB', async () => {
    expect((await post({ instance: 'i', receipts: [] }, { authorization: 'Bearer rps_x' })).status).toBe(401)
    expect((await post({ instance: 'x'.repeat(70_000), receipts: [] })).status).toBe(413)
  })
})
