import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'
import { call, configurationPath, createSdkKey, eventually, FLAGS, ramp, readJson } from '../delivery/given.ts'

const EVERYBODY = [{ variant: 'on', weight: 100_000 }]

describeOnBothStores('OFREP', (kind) => {
  let app: TestApp
  let server: string
  let client: string
  beforeAll(async () => {
    app = await createTestApp(kind)
    await call(app, 'POST', FLAGS, { key: 'seen', clientVisible: true })
    await call(app, 'POST', FLAGS, { key: 'hidden' })
    await call(app, 'POST', FLAGS, {
      key: 'limits',
      type: 'object',
      variants: [
        { name: 'none', value: {} },
        { name: 'few', value: { perDay: 3 } },
      ],
    })
    for (const key of ['seen', 'hidden']) await ramp(app, key, 50_000)
    await call(
      app,
      'PATCH',
      configurationPath('limits'),
      { on: true, defaultServe: { variant: 'few', rollout: null } },
      { 'if-match': '"v1"' },
    )
    server = (await createSdkKey(app)).key
    client = (await createSdkKey(app, 'production', 'client')).key
    // Delivery reads what was committed a moment later.
    await eventually(
      async () => (await readJson(await ask('', server))).metadata?.revision,
      (revision) => revision >= 6,
    )
  })
  afterAll(() => app?.close())

  function ask(key: string, secret: string, context: unknown = {}, headers: Record<string, string> = {}) {
    return app.request(`/ofrep/v1/evaluate/flags${key === '' ? '' : `/${key}`}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ context }),
    })
  }

  it('answers one flag with value, variant, reason and scalar metadata', async () => {
    const response = await ask('limits', server, { targetingKey: 'ann' })
    expect(response.status).toBe(200)
    expect(await readJson(response)).toEqual({
      key: 'limits',
      value: { perDay: 3 },
      variant: 'few',
      reason: 'STATIC',
      metadata: { revision: expect.any(Number), allocation: 2 },
    })
    const split = await readJson(await ask('seen', server, { targetingKey: 'ann' }))
    expect(split).toMatchObject({ value: true, reason: 'SPLIT', metadata: { weight: 50_000 } })
  })

  it('answers what has no value as a failure with key and code', async () => {
    const unknown = await ask('nobody', server)
    expect(unknown.status).toBe(404)
    expect(await readJson(unknown)).toMatchObject({ key: 'nobody', errorCode: 'FLAG_NOT_FOUND' })
    const keyless = await ask('seen', server, { country: 'CH' })
    expect(keyless.status).toBe(400)
    expect(await readJson(keyless)).toMatchObject({ key: 'seen', errorCode: 'TARGETING_KEY_MISSING' })
  })

  it('shows browsers only what is theirs', async () => {
    const bulk = await readJson(await ask('', client, { targetingKey: 'ann' }))
    expect(bulk.flags).toEqual([
      { key: 'seen', value: true, variant: 'on', reason: 'SPLIT', metadata: { revision: expect.any(Number) } },
    ])
    const hidden = await ask('hidden', client, { targetingKey: 'ann' })
    expect(hidden.status).toBe(404)
    expect(await readJson(hidden)).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' })
    expect((await readJson(await ask('', server, { targetingKey: 'ann' }))).flags).toHaveLength(3)
  })

  it('tags the answer and not the configuration', async () => {
    const first = await ask('', client, { targetingKey: 'ann' })
    const etag = first.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[A-Za-z0-9_-]{27}"$/)
    const same = await ask('', client, { targetingKey: 'ann' }, { 'if-none-match': `"other", W/${etag}` })
    expect(same.status).toBe(304)
    expect(await same.text()).toBe('')
    expect(same.headers.get('etag')).toBe(etag)
    // The same tag with another context: whoever gets another answer must get it.
    const outside = (await readJson(await ask('', client, { targetingKey: 'cy' }))).flags[0].value
    expect(outside).toBe(false)
    expect((await ask('', client, { targetingKey: 'cy' }, { 'if-none-match': etag })).status).toBe(200)
  })

  it('does not wake anybody for a change of what they cannot see', async () => {
    const etag = (await ask('', client, { targetingKey: 'ann' })).headers.get('etag') ?? ''
    const before = (await readJson(await ask('', server))).metadata.revision
    await ramp(app, 'hidden', 60_000)
    await expect.poll(async () => (await readJson(await ask('', server))).metadata.revision).toBeGreaterThan(before)
    expect((await ask('', client, { targetingKey: 'ann' }, { 'if-none-match': etag })).status).toBe(304)
  })

  it('lets any page ask, and read the tag, also of refusals', async () => {
    const preflight = await app.request('/ofrep/v1/evaluate/flags', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,if-none-match,x-api-key',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('If-None-Match')
    const origin = { origin: 'https://shop.example' }
    const etag = (await ask('', client, {}, origin)).headers.get('etag') ?? ''
    const answers = await Promise.all([
      ask('', client, {}, origin),
      ask('', client, {}, { ...origin, 'if-none-match': etag }),
      ask('nobody', client, {}, origin),
      ask('', 'rpc_wrong', {}, origin),
    ])
    expect(answers.map((answer) => answer.status)).toEqual([200, 304, 404, 401])
    for (const answer of answers) {
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('access-control-expose-headers')).toContain('ETag')
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  it('takes the key as X-API-Key too, and says what is wrong in the words of the protocol', async () => {
    const headers = { 'content-type': 'application/json', 'x-api-key': server }
    const path = '/ofrep/v1/evaluate/flags/limits'
    expect((await app.request(path, { method: 'POST', headers, body: '{"context":{}}' })).status).toBe(200)
    const wrong = await ask('limits', 'rps_wrong')
    expect(wrong.status).toBe(401)
    expect(await readJson(wrong)).toMatchObject({ key: 'limits', errorCode: 'GENERAL' })
    const malformed = await app.request(path, { method: 'POST', headers, body: '{"context":' })
    expect(malformed.status).toBe(400)
    expect(await readJson(malformed)).toMatchObject({ key: 'limits', errorCode: 'INVALID_CONTEXT' })
    const large = await app.request(path, {
      method: 'POST',
      headers,
      body: JSON.stringify({ context: { targetingKey: 'x'.repeat(70_000) } }),
    })
    expect(large.status).toBe(413)
  })

  it('counts single answers as exposures, and bulk ones not', async () => {
    await ask('', server, { targetingKey: 'ann' })
    for (const targetingKey of ['ann', 'ann', 'bob']) await ask('limits', server, { targetingKey })
    await app.deps.ofrepExposures.close()
    const series = await call(app, 'GET', `${configurationPath('limits')}/exposures`)
    const total = series.series.flatMap(({ counts }: { counts: number[] }) => counts)
    expect(total.reduce((sum: number, count: number) => sum + count, 0)).toBeGreaterThanOrEqual(3)
    const hidden = await call(app, 'GET', `${configurationPath('hidden')}/exposures`)
    expect(hidden.total).toBe(0)
  })

  it('evaluates everything for a page with POST /sdk/v1/evaluate', async () => {
    const post = (secret: string, body: unknown, headers: Record<string, string> = {}) =>
      app.request('/sdk/v1/evaluate', {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      })
    const response = await post(client, { context: { key: 'ann' } })
    expect(await readJson(response)).toEqual({
      epoch: expect.any(String),
      revision: expect.any(Number),
      flags: { seen: { value: true, variant: 'on', reason: 'SPLIT', allocation: expect.any(Number) } },
    })
    const etag = response.headers.get('etag') ?? ''
    expect((await post(client, { context: { key: 'ann' } }, { 'if-none-match': etag })).status).toBe(304)
    expect((await post(client, { user: 'ann' })).status).toBe(400)
    expect((await app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${client}` } })).status).toBe(403)
  })

  it('a full rollout needs no key', async () => {
    await call(app, 'POST', FLAGS, { key: 'everybody', clientVisible: true })
    await ramp(app, 'everybody', 100_000)
    await expect.poll(async () => (await ask('everybody', client)).status).toBe(200)
    expect((await call(app, 'GET', configurationPath('everybody'))).defaultServe.rollout.split).toEqual(EVERYBODY)
  })
})
