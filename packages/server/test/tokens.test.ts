import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hashSecret } from '../src/access/secrets.ts'
import { apiTokens, sdkKeys } from '../src/db/schema/index.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

interface Made {
  id: string
  token: string
  key: string
  expiresAt: string | null
}

const base = '/api/v1/projects/default'
const editor = { role: 'editor', production: false, kill: false }
const HOUR_MS = 3600_000

describeOnBothStores('tokens and keys', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())

  async function make(path: string, body: object): Promise<Made> {
    const answer = await app.api('POST', path, body)
    expect(answer.status).toBe(201)
    return (await answer.json()) as Made
  }
  const as = (token: string, path: string, init: RequestInit = {}) =>
    app.request(path, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } })
  const list = async (path: string) => (await app.api('GET', path)).text()

  it('an API token is shown once, stored as a hash, and does what its scope says', async () => {
    const { token, id } = await make(`${base}/tokens`, { name: 'ci', ...editor, environments: ['staging'], days: 30 })
    expect(token).toMatch(/^rpt_[\w-]{43}$/)
    expect(await list(`${base}/tokens`)).toContain(id)
    expect(await list(`${base}/tokens`)).not.toContain(token)
    const [row] = await app.store.db
      .select()
      .from(apiTokens)
      .where(eq(apiTokens.hash, hashSecret(token)))
    expect(row?.createdBy).toBe('test admin')
    expect(await (await as(token, '/api/v1/session')).json()).toMatchObject({
      actor: { kind: 'token', name: 'ci' },
      grants: [{ project: 'default', role: 'editor', environments: ['staging'] }],
    })
    const keys = (environment: string) =>
      as(token, `${base}/environments/${environment}/sdk-keys`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind: 'server', name: 'x' }),
      })
    expect((await keys('staging')).status).toBe(201)
    expect((await keys('development')).status).toBe(403)
  })

  it('an unknown environment is said to be one', async () => {
    const answer = await app.api('POST', `${base}/tokens`, { name: 'x', ...editor, environments: ['moon'] })
    expect(answer.status).toBe(404)
  })

  it('a token says when it was last used', async () => {
    const { token, id } = await make(`${base}/tokens`, { name: 'used', ...editor })
    expect((await as(token, `${base}/flags`)).status).toBe(200)
    const [row] = await app.store.db.select().from(apiTokens).where(eq(apiTokens.id, id))
    expect(Date.now() - (row?.lastUsedAt?.getTime() ?? 0)).toBeLessThan(60_000)
  })

  it('a token ends when it is revoked, and by itself', async () => {
    const { token, id } = await make(`${base}/tokens`, { name: 'short', ...editor })
    expect((await as(token, `${base}/flags`)).status).toBe(200)
    expect((await app.api('DELETE', `${base}/tokens/${id}`)).status).toBe(204)
    expect((await as(token, `${base}/flags`)).status).toBe(401)
    const later = await make(`${base}/tokens`, { name: 'later', ...editor, days: 1 })
    await app.store.db.update(apiTokens).set({ expiresAt: new Date() }).where(eq(apiTokens.id, later.id))
    expect((await as(later.token, `${base}/flags`)).status).toBe(401)
    expect(await list(`${base}/tokens`)).not.toContain(later.id)
    const signIn = await app.request('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: later.token }),
    })
    expect(signIn.status).toBe(401)
  })

  it('a token is rotated with overlap: both work, and the old one has an end', async () => {
    const old = await make(`${base}/tokens`, { name: 'nightly', ...editor })
    const next = await make(`${base}/tokens/${old.id}/rotate`, { overlapHours: 2 })
    for (const { token } of [old, next]) expect((await as(token, `${base}/flags`)).status).toBe(200)
    const [row] = await app.store.db.select().from(apiTokens).where(eq(apiTokens.id, old.id))
    expect((row?.expiresAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(1.9 * HOUR_MS)
    expect((row?.expiresAt?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(2 * HOUR_MS)
    expect(next.expiresAt).toBe(null)
    expect((await app.api('POST', `${base}/tokens/${old.id}/rotate`, { overlapHours: 0 })).status).toBe(201)
    expect((await as(old.token, `${base}/flags`)).status).toBe(401)
  })

  it('a token of all projects is made, and revoked, by those who have all', async () => {
    const wide = await make('/api/v1/tokens', { name: 'wide', ...editor })
    const { token } = await make(`${base}/tokens`, { name: 'narrow', role: 'admin', production: true, kill: true })
    expect((await as(token, '/api/v1/tokens')).status).toBe(403)
    expect((await as(token, `${base}/tokens/${wide.id}`, { method: 'DELETE' })).status).toBe(404)
    expect((await app.api('DELETE', `/api/v1/tokens/${wide.id}`)).status).toBe(204)
  })

  it('an SDK key is rotated with overlap, expires, and says when it was last used', async () => {
    const path = `${base}/environments/staging/sdk-keys`
    const old = await make(path, { kind: 'server', name: 'shop' })
    const snapshot = (key: string) => as(key, '/sdk/v1/snapshot')
    const next = await make(`${path}/${old.id}/rotate`, {})
    expect(next.key).toMatch(/^rps_/)
    for (const { key } of [old, next]) expect((await snapshot(key)).status).toBe(200)
    const listed = await list(path)
    expect(listed).toContain('"replaced":true')
    // The use is written beside the answer, not before it.
    await expect
      .poll(async () => (await app.store.db.select().from(sdkKeys).where(eq(sdkKeys.id, old.id)))[0]?.lastUsedAt)
      .toBeInstanceOf(Date)
    await app.store.db.update(sdkKeys).set({ expiresAt: new Date() }).where(eq(sdkKeys.id, old.id))
    app.deps.sdkKeys.invalidate()
    expect((await snapshot(old.key)).status).toBe(401)
    expect((await snapshot(next.key)).status).toBe(200)
    const streams = [old, next].map(({ id }) => ({ credentialId: id, origin: undefined }))
    expect(await app.deps.sdkKeys.refusedAmong(streams)).toEqual([streams[0]])
    expect(await list(path)).not.toContain(old.id)
    expect((await app.api('POST', `${path}/${old.id}/rotate`, {})).status).toBe(409)
  })
})
