// What the admin API says while its database is away, in both ways a database can be away.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, startTestServer, type TestServer } from './harness.ts'
import { startRelay } from './relay.ts'

const flag = '/api/v1/projects/default/flags/checkout'
const production = `${flag}/environments/production`

describe.each(['cut', 'silence'] as const)('with the database away by a %s (Postgres only)', (way) => {
  let relay: Awaited<ReturnType<typeof startRelay>>
  let server: TestServer
  let other: TestServer
  beforeAll(async () => {
    const databaseUrl = await createTestDatabase()
    relay = await startRelay(databaseUrl)
    server = await startTestServer({ databaseUrl: relay.url })
    other = await startTestServer({ databaseUrl, adminToken: server.token })
    await server.api('POST', '/api/v1/projects/default/flags', { key: 'checkout' })
  })
  afterAll(async () => {
    await Promise.all([server?.close(), other?.close()])
    relay?.close()
  })

  it('a kill says NOT applied within 3 s, is not applied later, and works again afterwards', async () => {
    // The token was used a moment ago: nobody is told that it is wrong because it cannot be checked.
    expect((await server.api('GET', flag)).status).toBe(200)
    relay[way]()
    const before = performance.now()
    const refused = await server.api('POST', `${production}/kill`, { reason: 'now' })
    const took = performance.now() - before
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({
      error: { code: 'UNAVAILABLE', message: expect.stringMatching(/^NOT applied/) },
    })
    expect(took).toBeLessThan(3000)
    expect(refused.headers.get('retry-after')).toBe('5')

    relay.mend()
    const press = async () => (await server.api('POST', `${production}/kill`)).status
    await expect.poll(press, { timeout: 15_000, interval: 100 }).toBe(200)
    const entries = await (await other.api('GET', '/api/v1/projects/default/audit?flag=checkout')).json()
    const kills = (entries as { entries: { action: string; reason: string | null }[] }).entries.filter(
      ({ action }) => action === 'flag.kill',
    )
    expect(kills).toMatchObject([{ reason: null }])
  }, 30_000)
})
