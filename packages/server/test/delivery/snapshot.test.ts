import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, FLAGS, ramp, readJson } from './given.ts'

describeOnBothStores('GET /sdk/v1/snapshot', (kind) => {
  let app: TestApp
  let key: string
  beforeAll(async () => {
    app = await createTestApp(kind)
    key = (await createSdkKey(app)).key
  })
  afterAll(() => app?.close())

  const get = (headers: Record<string, string> = {}) =>
    app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${key}`, ...headers } })

  const lines = async (response: Response) =>
    (await response.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

  /** The snapshot once it has reached a revision: the publisher hears of a change a moment after its commit. */
  const at = (revision: number) =>
    eventually(
      async () => lines(await get()),
      ([header]) => header.revision >= revision,
    )

  it('says that an environment is empty, so that nobody takes silence for it', async () => {
    const [header, end, ...more] = await lines(await get())
    expect(header).toMatchObject({
      rampart: 1,
      revision: 0,
      project: 'default',
      environment: 'production',
      empty: true,
    })
    expect(end).toEqual({ end: { flags: 0, segments: 0 } })
    expect(more).toEqual([])
  })

  it('has a line for each flag, without the archived ones', async () => {
    await createFlag(app, 'checkout')
    await createFlag(app, 'old')
    await call(app, 'POST', `${FLAGS}/old/archive`, {})
    await ramp(app, 'checkout', 12_345)
    const { revision } = await call(app, 'POST', `${configurationPath('checkout')}/kill`, {})
    const [header, line, end, ...more] = await at(revision)
    expect(header).not.toHaveProperty('empty')
    expect(line.flag).toEqual({
      key: 'checkout',
      type: 'boolean',
      salt: 'checkout',
      variants: expect.arrayContaining([{ name: 'on', value: true }]),
      offVariant: 'off',
      on: true,
      killed: true,
      killRevision: revision,
      rules: [],
      defaultServe: { rollout: expect.objectContaining({ weight: 12_345 }) },
      allocation: 2,
      revision,
    })
    expect(end).toEqual({ end: { flags: 1, segments: 0 } })
    expect(more).toEqual([])
  })

  it('answers 304 to whoever has it, also within a list', async () => {
    const etag = (await get()).headers.get('etag') ?? ''
    expect(etag).toMatch(/^W\/"[0-9A-Z]{26}\.\d+"$/)
    for (const header of [etag, `"other", ${etag}`]) {
      const response = await get({ 'if-none-match': header })
      expect(response.status).toBe(304)
      expect(response.headers.get('etag')).toBe(etag)
      expect(await response.text()).toBe('')
    }
    expect((await get({ 'if-none-match': 'W/"other"' })).status).toBe(200)
  })

  it('comes in brotli, gzip or plain, the same text in each', async () => {
    const plain = await (await get({ 'accept-encoding': 'identity' })).text()
    for (const [encoding, decode] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const response = await get({ 'accept-encoding': encoding })
      expect(response.headers.get('content-encoding')).toBe(encoding)
      expect(response.headers.get('vary')).toContain('Accept-Encoding')
      expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
      expect(decode(Buffer.from(await response.arrayBuffer())).toString()).toBe(plain)
    }
  })

  it('gives each environment its own', async () => {
    const staging = await createSdkKey(app, 'staging')
    const [header] = await lines(
      await app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${staging.key}` } }),
    )
    expect(header.environment).toBe('staging')
  })

  it.each([
    ['', 401],
    ['Bearer rps_wrong', 401],
    ['Basic abc', 401],
  ])('refuses the credential %j', async (header, status) => {
    const response = await app.request('/sdk/v1/snapshot', { headers: { authorization: header } })
    expect(response.status).toBe(status)
    expect((await readJson(response)).error.code).toBe('UNAUTHENTICATED')
  })

  it('refuses an API token and a client key', async () => {
    expect((await app.api('GET', '/sdk/v1/snapshot')).status).toBe(401)
    const client = await createSdkKey(app, 'production', 'client')
    const response = await app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${client.key}` } })
    expect(response.status).toBe(403)
  })
})
