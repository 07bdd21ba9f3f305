import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from './harness.ts'

describe('credentials', () => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp('postgres')
  })
  afterAll(() => app?.close())

  it('are asked for before a path is said to exist', async () => {
    for (const path of [
      '/api/v1/nothing',
      '/api',
      '/api/v2/x',
      '/sdk/v1/nothing',
      '/api/v1/%2e%2e/health',
      '/api//v1/projects',
    ]) {
      expect({ path, status: (await app.request(path)).status }).toEqual({ path, status: 401 })
    }
  })

  it('of another installation are worth nothing', async () => {
    const other = await createTestApp('postgres')
    try {
      const signedIn = await other.request('/api/v1/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: other.token }),
      })
      // Browsers send a cookie to every port of a host: two services on one machine see each other's.
      const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
      expect((await other.request('/api/v1/session', { headers: { cookie } })).status).toBe(200)
      expect((await app.request('/api/v1/session', { headers: { cookie } })).status).toBe(401)
      const asOther = { authorization: `Bearer ${other.token}` }
      expect((await app.request('/api/v1/projects', { headers: asOther })).status).toBe(401)
    } finally {
      await other.close()
    }
  })

  it('in a cookie are not used by a form, wherever it stands', async () => {
    const signedIn = await app.request('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: app.token }),
    })
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const post = (site: string, type: string) =>
      app.request('/api/v1/projects/default/flags', {
        method: 'POST',
        headers: { cookie, 'sec-fetch-site': site, 'content-type': type },
        body: type.includes('json') ? '{"key": "by-form"}' : 'key=by-form',
      })
    expect((await post('cross-site', 'application/x-www-form-urlencoded')).status).toBe(403)
    expect((await post('cross-site', 'text/plain')).status).toBe(403)
    expect((await post('same-origin', 'application/x-www-form-urlencoded')).status).toBe(415)
    expect((await post('same-origin', 'text/plain')).status).toBe(415)
    expect((await post('same-origin', 'application/json')).status).toBe(201)
  })

  it('of one kind do not open the other doors', async () => {
    const made = await app.api('POST', '/api/v1/projects/default/environments/production/sdk-keys', {
      kind: 'server',
      name: 'shop',
    })
    const { key } = (await made.json()) as { key: string }
    const asAdmin = await app.request('/api/v1/projects', { headers: { authorization: `Bearer ${key}` } })
    expect(asAdmin.status).toBe(401)
    const asSdk = await app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${app.token}` } })
    expect(asSdk.status).toBe(401)
    const inUrl = await app.request(`/api/v1/projects?token=${app.token}`)
    expect(inUrl.status).toBe(401)
  })
})
