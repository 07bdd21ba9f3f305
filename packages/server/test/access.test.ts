import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adoptAdminToken } from '../src/access/admin-token.ts'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from '../src/access/secrets.ts'
import { apiTokens, projects, sdkKeys, sessions } from '../src/db/schema/index.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

type Json = Record<string, unknown>
const keysPath = '/api/v1/projects/default/environments/production/sdk-keys'

describeOnBothStores('access', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())

  const signIn = (headers: Record<string, string> = {}, body: unknown = { token: app.token, name: 'Ada' }) =>
    app.request('/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const cookieOf = (response: Response) => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

  describe('a session', () => {
    it('is a cookie that scripts cannot read, and opens the API under the name that was given', async () => {
      const response = await signIn()
      expect(response.status).toBe(200)
      expect(response.headers.get('set-cookie')).toMatch(/^rampart_session=rss_[\w-]{43}; .*HttpOnly; SameSite=Lax$/)
      const me = await app.request('/api/v1/session', { headers: { cookie: cookieOf(response) } })
      expect(await me.json()).toMatchObject({ actor: { kind: 'token', name: 'Ada' } })
      expect(me.headers.get('cache-control')).toBe('no-store')
    })

    it('is Secure behind a proxy that speaks TLS', async () => {
      expect((await signIn({ 'x-forwarded-proto': 'https' })).headers.get('set-cookie')).toMatch(/; Secure/)
    })

    it('says what its bearer may not do, in the words that a request is refused with', async () => {
      const [project] = await app.store.db.select().from(projects).where(eq(projects.key, 'default'))
      const token = createSecret(SECRET_PREFIX.apiToken)
      const grant = { projectId: project?.id ?? '', role: 'editor' as const, production: false, kill: false }
      await app.store.db
        .insert(apiTokens)
        .values({ name: 'editor', prefix: visiblePrefix(token), hash: hashSecret(token), ...grant })
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const ask = async (key: string) =>
        (await (await app.request(`/api/v1/session/refusals?project=${key}`, { headers })).json()) as {
          refused: Record<string, string>
          environments: Record<string, { refused: Record<string, string> }>
        }
      const { refused, environments } = await ask('default')
      expect(refused['flags:create']).toBeUndefined()
      expect(refused['members:write']).toBe('This needs the role admin. Ask an admin for it.')
      expect(environments['development']?.refused['flags:write']).toBeUndefined()
      const sentence = environments['production']?.refused['flags:write'] ?? ''
      expect(sentence).toBe('This needs the production right for "production". Ask an admin for it.')
      await app.api('POST', '/api/v1/projects/default/flags', { key: 'guarded', type: 'boolean' })
      const refusal = await app.request('/api/v1/projects/default/flags/guarded/environments/production', {
        method: 'PATCH',
        headers: { ...headers, 'if-match': '"v1"' },
        body: JSON.stringify({ on: true }),
      })
      expect(refusal.status).toBe(403)
      expect(((await refusal.json()) as { error: { message: string } }).error.message).toBe(sentence)
      // Of a project that is not there, or closed to them, nobody hears more than that.
      const stranger = await ask('elsewhere')
      expect(stranger.environments).toEqual({})
      expect(stranger.refused['flags:read']).toBe('You have no access to this. Ask an admin of the project.')
      expect(
        Object.values((await (await app.api('GET', '/api/v1/session/refusals?project=default')).json()) as object)[0],
      ).toEqual({})
    })

    it('is stored as a hash only', async () => {
      const secret = cookieOf(await signIn()).replace('rampart_session=', '')
      const rows = await app.store.db.select().from(sessions)
      expect(rows.some((row) => row.hash === hashSecret(secret))).toBe(true)
      expect(JSON.stringify(rows)).not.toContain(secret)
    })

    it('is over after signing out', async () => {
      const cookie = cookieOf(await signIn())
      const out = await app.request('/api/v1/session', {
        method: 'DELETE',
        headers: { cookie, origin: 'http://localhost', host: 'localhost' },
      })
      expect(out.status).toBe(204)
      expect((await app.request('/api/v1/session', { headers: { cookie } })).status).toBe(401)
    })

    it('is over when nobody used it for a week', async () => {
      const cookie = cookieOf(await signIn())
      await app.store.db.update(sessions).set({ lastSeenAt: new Date(Date.now() - 8 * 24 * 3600_000) })
      expect((await app.request('/api/v1/session', { headers: { cookie } })).status).toBe(401)
    })

    it('writes as itself, with its name and "ui" in the history', async () => {
      const cookie = cookieOf(await signIn())
      const response = await write(cookie, { 'sec-fetch-site': 'same-origin' }, 'from-ui')
      expect(response.status).toBe(201)
      const { entries } = (await (await app.api('GET', '/api/v1/projects/default/audit?flag=from-ui')).json()) as {
        entries: Json[]
      }
      expect(entries[0]).toMatchObject({ actor: { name: 'Ada' }, via: 'ui' })
    })

    it.each<[string, Record<string, string>]>([
      ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
      ['a sister site', { 'sec-fetch-site': 'same-site', origin: 'http://other.localhost' }],
      ['an old browser on another origin', { origin: 'http://evil.example' }],
      ['a frame without origin', { origin: 'null' }],
      ['nobody in particular', {}],
    ])('does not write for %s', async (_name, headers) => {
      const response = await write(cookieOf(await signIn()), headers, 'forged')
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error: { code: 'FORBIDDEN' } })
    })

    it('does not begin from another site', async () => {
      expect((await signIn({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    })

    it('is ignored when a token is sent, even a wrong one', async () => {
      const cookie = cookieOf(await signIn())
      const response = await app.request('/api/v1/session', { headers: { cookie, authorization: 'Bearer wrong' } })
      expect(response.status).toBe(401)
    })

    it('is refused for a wrong token, and guessing is slowed down', async () => {
      const statuses: number[] = []
      for (let index = 0; index < 25; index++) statuses.push((await signIn({}, { token: `guess-${index}` })).status)
      expect(statuses[0]).toBe(401)
      expect(statuses.at(-1)).toBe(429)
    })

    function write(cookie: string, headers: Record<string, string>, key: string) {
      return app.request('/api/v1/projects/default/flags', {
        method: 'POST',
        headers: { cookie, host: 'localhost', 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ key }),
      })
    }
  })

  describe('an SDK key', () => {
    it('is shown once, stored as a hash and listed by its beginning', async () => {
      const made = await app.api('POST', keysPath, { kind: 'server', name: 'shop' })
      expect(made.status).toBe(201)
      const { key, ...rest } = (await made.json()) as Json & { key: string }
      expect(key).toMatch(/^rps_[\w-]{43}$/)
      expect(rest).toMatchObject({ kind: 'server', name: 'shop', prefix: key.slice(0, 8) })
      const list = await (await app.api('GET', keysPath)).text()
      expect(list).toContain(String(rest['id']))
      expect(list).not.toContain(key)
      const [row] = await app.store.db
        .select()
        .from(sdkKeys)
        .where(eq(sdkKeys.hash, hashSecret(key)))
      expect(row?.createdBy).toBe('test admin')
    })

    it('opens until it is revoked', async () => {
      const { key, id } = (await (await app.api('POST', keysPath, { kind: 'server', name: 'worker' })).json()) as {
        key: string
        id: string
      }
      expect(await app.deps.sdkKeys.find(key)).toMatchObject({ id, kind: 'server' })
      expect((await app.api('DELETE', `${keysPath}/${id}`)).status).toBe(204)
      expect((await app.api('DELETE', `${keysPath}/${id}`)).status).toBe(204)
      expect(await app.deps.sdkKeys.find(key)).toBe(null)
      const stream = { credentialId: id, origin: undefined }
      expect(await app.deps.sdkKeys.refusedAmong([stream])).toEqual([stream])
      expect(await (await app.api('GET', keysPath)).text()).not.toContain(id)
    })

    it('of a browser does not read rules', async () => {
      const { key } = (await (await app.api('POST', keysPath, { kind: 'client', name: 'web' })).json()) as {
        key: string
      }
      expect(key).toMatch(/^rpc_/)
      const response = await app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${key}` } })
      expect(response.status).toBe(403)
    })

    it('is not revoked through another environment', async () => {
      const { id } = (await (await app.api('POST', keysPath, { kind: 'server', name: 'x' })).json()) as { id: string }
      const other = keysPath.replace('production', 'staging')
      expect((await app.api('DELETE', `${other}/${id}`)).status).toBe(404)
      expect((await app.api('DELETE', `${keysPath}/not-an-id`)).status).toBe(400)
    })
  })

  describe('the token of the environment', () => {
    const opens = async (token: string) =>
      (await app.request('/api/v1/projects', { headers: { authorization: `Bearer ${token}` } })).status === 200

    it('opens everything, until another value replaces it', async () => {
      await adoptAdminToken(app.store.db, 'a-first-secret-value')
      expect(await opens('a-first-secret-value')).toBe(true)
      await adoptAdminToken(app.store.db, 'a-second-secret-value')
      const rows = await app.store.db.select().from(apiTokens).where(eq(apiTokens.fromEnvironment, true))
      expect(rows.filter((row) => row.revokedAt === null)).toHaveLength(1)
      expect(await opens('a-second-secret-value')).toBe(true)
    })
  })
})
