// Strangers with keys that look right: a network may ask about so many, and nobody who is known is held up by it.
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from '../src/access/secrets.ts'
import { sdkKeys } from '../src/db/schema/index.ts'
import { createSdkKey, readJson } from './delivery/given.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const LIMIT = 60

describeOnBothStores('unknown SDK keys', (kind) => {
  let app: TestApp
  let environmentId: string
  let network = 0
  beforeAll(async () => {
    app = await createTestApp(kind, { proxies: 1 })
    environmentId = (await app.store.db.query.environments.findFirst())?.id ?? ''
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(() => app?.close())

  /** An address that no test has used. */
  const newAddress = () => `192.0.2.${++network}`
  const unknown = () => createSecret(SECRET_PREFIX.serverKey)

  function ask(key: string, from: string, path = '/sdk/v1/snapshot') {
    return app.request(path, { headers: { authorization: `Bearer ${key}`, 'x-forwarded-for': from } })
  }
  async function status(key: string, from: string): Promise<number> {
    const answer = await ask(key, from)
    await answer.body?.cancel()
    return answer.status
  }
  /** A good key that this process has not heard of, as if the word of it were still under way. */
  async function writeSilently(): Promise<string> {
    const key = unknown()
    const secret = { prefix: visiblePrefix(key), hash: hashSecret(key) }
    await app.store.db.insert(sdkKeys).values({ environmentId, kind: 'server', name: 'silent', ...secret })
    return key
  }
  async function useUp(from: string): Promise<void> {
    for (let n = 0; n < LIMIT; n++) expect(await status(unknown(), from)).toBe(401)
  }

  it('beyond sixty a minute from one network are not looked up any more', async () => {
    const [from, elsewhere] = [newAddress(), newAddress()]
    await useUp(from)
    const refused = await ask(unknown(), from)
    expect(refused.status).toBe(429)
    const waitS = Number(refused.headers.get('retry-after'))
    expect(waitS).toBeGreaterThan(0)
    expect(waitS).toBeLessThanOrEqual(60)
    expect((await readJson(refused)).error).toMatchObject({ code: 'RATE_LIMITED' })
    // The database would know this one: it is not asked, but for others.
    const silent = await writeSilently()
    expect(await status(silent, from)).toBe(429)
    expect(await status(silent, elsewhere)).toBe(200)
  })

  it('do not hold up keys that are known, from the same network and with their check due', async () => {
    const from = newAddress()
    const { key } = await createSdkKey(app)
    expect(await status(key, newAddress())).toBe(200)
    await useUp(from)
    expect(await status(unknown(), from)).toBe(429)
    for (let n = 0; n < LIMIT * 2; n++) expect(await status(key, from)).toBe(200)
    app.deps.sdkKeys.invalidate()
    expect(await status(key, from)).toBe(200)
  })

  it('are known as soon as the word of them is there, without waiting', async () => {
    const from = newAddress()
    await useUp(from)
    const { key } = await createSdkKey(app)
    await expect.poll(() => status(key, from), { timeout: 10_000 }).toBe(200)
  })

  it('come back fine after the time that they were told', async () => {
    const from = newAddress()
    const silent = await writeSilently()
    await useUp(from)
    const refused = await ask(silent, from)
    expect(refused.status).toBe(429)
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() + Number(refused.headers.get('retry-after')) * 1000)
    expect(await status(silent, from)).toBe(200)
  })

  it('that turn out to be good count for nothing', async () => {
    const from = newAddress()
    for (let n = 0; n < LIMIT + 5; n++) expect(await status(await writeSilently(), from)).toBe(200)
    expect(await status(unknown(), from)).toBe(401)
  })

  it('count once while the same one is asked for, however many ask', async () => {
    const from = newAddress()
    const same = unknown()
    const asked: Promise<number>[] = []
    for (let n = 0; n < LIMIT * 2; n++) {
      asked.push(status(same, from))
      // As connections do, one after the other.
      await Promise.resolve()
    }
    expect(new Set(await Promise.all(asked))).toEqual(new Set([401]))
  })

  it('that do not look like keys are refused without counting', async () => {
    const from = newAddress()
    for (let n = 0; n < LIMIT + 5; n++) expect(await status(`rps_short${n}`, from)).toBe(401)
    expect(await status(unknown(), from)).toBe(401)
  })

  it('share one count with OFREP, its event streams included, which says so in its own way', async () => {
    const from = newAddress()
    const channel = () => `/ofrep/v1/stream/${randomUUID()}.${unknown().slice(4)}`
    for (let n = 0; n < LIMIT; n++) expect((await ask('', from, channel())).status).toBe(401)
    expect((await ask('', from, channel())).status).toBe(429)
    const refused = await app.request('/ofrep/v1/evaluate/flags', {
      method: 'POST',
      headers: { 'x-api-key': unknown(), 'x-forwarded-for': from, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toMatch(/^[1-9]/)
    expect(await readJson(refused)).toMatchObject({ errorCode: 'GENERAL', error: { code: 'RATE_LIMITED' } })
    expect(await status(unknown(), from)).toBe(429)
  })
})
