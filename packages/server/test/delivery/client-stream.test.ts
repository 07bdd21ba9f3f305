import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness.ts'
import { call, configurationPath, createSdkKey, FLAGS, ramp } from './given.ts'
import { openSse } from './sse-client.ts'

describe('GET /sdk/v1/stream with a client key (Postgres only)', () => {
  let server: TestServer
  let key: string
  beforeAll(async () => {
    server = await startTestServer()
    key = (await createSdkKey(server, 'production', 'client')).key
    await call(server, 'POST', FLAGS, { key: 'seen', clientVisible: true })
    await call(server, 'POST', FLAGS, { key: 'hidden' })
    await call(server, 'POST', FLAGS, { key: 'decides' })
    await call(server, 'POST', FLAGS, { key: 'guarded', clientVisible: true })
    await configure('guarded', { on: true, prerequisites: [{ flag: 'decides', variants: ['on'] }] })
    await ramp(server, 'seen', 50_000)
  })
  afterAll(() => server?.close())

  const open = () => openSse(`${server.url}/sdk/v1/stream`, key)

  async function configure(flag: string, fields: object): Promise<void> {
    const path = configurationPath(flag)
    const { version } = await call(server, 'GET', path)
    await call(server, 'PATCH', path, fields, { 'if-match': `"v${version}"` })
  }

  it('greets with the position, and lets pages of any origin read', async () => {
    const client = await open()
    expect(client.response.headers['access-control-allow-origin']).toBe('*')
    const { event, data } = await client.next()
    expect({ event, data }).toEqual({
      event: 'current',
      data: { epoch: expect.any(String), revision: expect.any(Number) },
    })
    client.close()
  })

  it('says "ask again" when something visible changes, and nothing of what it is', async () => {
    const client = await open()
    await client.until('current')
    await ramp(server, 'hidden', 10_000)
    await ramp(server, 'seen', 60_000)
    // The change of the hidden flag came first and is not here.
    const { event, data } = await client.next()
    expect(event).toBe('refetch')
    expect(data).toEqual({ epoch: expect.any(String), revision: expect.any(Number), spreadMs: 0 })
    expect(client.text()).not.toContain('hidden')
    client.close()
  })

  it('follows what a visible flag depends on', async () => {
    const client = await open()
    await client.until('current')
    await ramp(server, 'decides', 10_000)
    expect((await client.next()).event).toBe('refetch')
    await call(server, 'POST', `${configurationPath('decides')}/kill`, {})
    expect((await client.next()).event).toBe('refetch')
    await call(server, 'POST', `${configurationPath('decides')}/restore`, {})
    client.close()
  })

  it('gives a kill with its value, so that nobody asks again for it; a restore is asked for', async () => {
    const client = await open()
    await client.until('current')
    await call(server, 'POST', `${configurationPath('seen')}/kill`, { reason: 'errors' })
    const { data } = await client.until('kill')
    expect(data).toMatchObject({ flag: 'seen', variant: 'off', value: false })
    expect(JSON.stringify(data)).not.toContain('errors')
    await call(server, 'POST', `${configurationPath('hidden')}/kill`, {})
    await call(server, 'POST', `${configurationPath('seen')}/restore`, {})
    const next = await client.next()
    expect(next.event).toBe('refetch')
    expect(next.data['revision']).toBeGreaterThan(data['revision'] as number)
    client.close()
  })
})
