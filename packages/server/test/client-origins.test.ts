// Client keys that are for some pages alone, at every door that pages use.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, createSdkKey, FLAGS, readJson } from './delivery/given.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

interface Key {
  id: string
  key: string
  origins: string[]
}

const KEYS = '/api/v1/projects/default/environments/production/sdk-keys'
const OWN = 'https://shop.example'
const FOREIGN = 'https://evil.example'
const BATCH = { instance: 'page-1', seq: 1, sdk: { name: 'x', version: '1' }, spanMs: 1000, exposures: [] }

describeOnBothStores('client keys bound to origins', (kind) => {
  let app: TestApp
  let bound: Key
  beforeAll(async () => {
    app = await createTestApp(kind)
    await call(app, 'POST', FLAGS, { key: 'seen', clientVisible: true })
    bound = await make({ origins: [OWN, 'https://*.shop.example'] })
  })
  afterAll(() => app?.close())

  const make = (more: object = {}) => call(app, 'POST', KEYS, { kind: 'client', name: 'web', ...more }) as Promise<Key>
  const bind = (id: string, origins: unknown) => app.api('PATCH', `${KEYS}/${id}`, { origins })
  const history = async () => (await app.api('GET', '/api/v1/projects/default/audit?limit=200')).text()

  function from(origin: string | undefined, path: string, secret: string, body: unknown = {}) {
    return app.request(path, {
      method: body === null ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
        ...(origin === undefined ? {} : { origin }),
      },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
    })
  }
  const evaluate = (origin: string | undefined, { key }: Key) => from(origin, '/sdk/v1/evaluate', key)

  it('serve the pages on their list, and whoever is no page', async () => {
    for (const origin of [OWN, 'https://de.shop.example', undefined]) {
      expect({ origin, status: (await evaluate(origin, bound)).status }).toEqual({ origin, status: 200 })
    }
  })

  it.each([
    ['/sdk/v1/evaluate', {}],
    ['/sdk/v1/telemetry', BATCH],
    ['/sdk/v1/stream', null],
    ['/ofrep/v1/evaluate/flags', {}],
    ['/ofrep/v1/evaluate/flags/seen', {}],
  ])('refuse other pages at %s, in words that their developer can read', async (path, body) => {
    const refused = await from(FOREIGN, path, bound.key, body)
    expect(refused.status).toBe(403)
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
    const { error } = await readJson(refused)
    expect(error.code).toBe('FORBIDDEN')
    expect(error.message).toContain(`Pages of ${FOREIGN} may not use this client key`)
    expect(error.message).toContain('Settings, SDK keys')
    // What is on the list is not for strangers.
    expect(error.message).not.toContain('shop.example')
  })

  it('refuse other pages at the event stream of OFREP, whose address needs no key', async () => {
    const bulk = await readJson(await from(OWN, '/ofrep/v1/evaluate/flags', bound.key))
    const address: string = bulk.eventStreams[0].endpoint.requestUri
    const refused = await app.request(address, { headers: { origin: FOREIGN } })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('refuse pages without an origin of their own: files and sandboxed frames', async () => {
    expect((await evaluate('null', bound)).status).toBe(403)
  })

  it('leave the preflight alone, which carries no key', async () => {
    const asked = await app.request('/sdk/v1/evaluate', {
      method: 'OPTIONS',
      headers: { origin: FOREIGN, 'access-control-request-method': 'POST' },
    })
    expect(asked.status).toBe(204)
    expect(asked.headers.get('access-control-allow-headers')).toContain('Authorization')
  })

  it('without a list serve pages of any origin', async () => {
    const open = await make()
    expect(open.origins).toEqual([])
    expect((await evaluate(FOREIGN, open)).status).toBe(200)
  })

  it('are bound and opened later, at once and with a sentence in the history', async () => {
    const key = await make({ name: 'later' })
    expect((await evaluate(FOREIGN, key)).status).toBe(200)
    const answer = await bind(key.id, [`${OWN}/`, OWN])
    expect(await answer.json()).toMatchObject({ id: key.id, origins: [OWN] })
    expect((await evaluate(FOREIGN, key)).status).toBe(403)
    expect((await evaluate(OWN, key)).status).toBe(200)
    expect(await readJson(await app.api('GET', KEYS))).toMatchObject({
      sdkKeys: expect.arrayContaining([expect.objectContaining({ id: key.id, origins: [OWN] })]),
    })
    expect(await history()).toContain(`let only pages of ${OWN} use the client key \\"later\\" of production`)
    expect((await bind(key.id, [])).status).toBe(200)
    expect((await evaluate(FOREIGN, key)).status).toBe(200)
    expect(await history()).toContain('let pages of any origin use the client key')
    const before = (await readJson(await app.api('GET', '/api/v1/projects/default/audit?limit=200'))).entries.length
    expect((await bind(key.id, [])).status).toBe(200)
    const after = (await readJson(await app.api('GET', '/api/v1/projects/default/audit?limit=200'))).entries.length
    expect(after).toBe(before)
  })

  it('keep their list when they are rotated', async () => {
    const old = await make({ name: 'rotating', origins: [OWN] })
    const next = (await call(app, 'POST', `${KEYS}/${old.id}/rotate`, {})) as Key
    expect(next.origins).toEqual([OWN])
    expect((await evaluate(FOREIGN, next)).status).toBe(403)
    expect((await evaluate(OWN, next)).status).toBe(200)
    // The old one can still be opened while it goes on, and not when it is over.
    expect((await bind(old.id, [])).status).toBe(200)
    await app.api('DELETE', `${KEYS}/${old.id}`)
    expect((await bind(old.id, [OWN])).status).toBe(409)
  })

  it('refuse what is no origin with the place of the mistake', async () => {
    const refused = await bind(bound.id, [OWN, 'shop.example'])
    expect(refused.status).toBe(400)
    expect((await readJson(refused)).error).toMatchObject({
      code: 'INVALID_INPUT',
      details: [{ path: 'origins[1]', message: expect.stringContaining('"shop.example" is not an origin') }],
    })
    expect((await bind(bound.id, null)).status).toBe(400)
    expect((await evaluate(OWN, bound)).status).toBe(200)
  })

  it('are the only ones with origins', async () => {
    const server = await createSdkKey(app)
    for (const refused of [
      await bind(server.id, [OWN]),
      await app.api('POST', KEYS, { kind: 'server', name: 'x', origins: [OWN] }),
    ]) {
      expect(refused.status).toBe(400)
      expect(await refused.text()).toContain('Only client keys have origins')
    }
    expect((await from(FOREIGN, '/sdk/v1/evaluate', server.key)).status).toBe(200)
  })
})
