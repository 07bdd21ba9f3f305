// An identity provider of a few lines, over real HTTP: what it signs is checked, and only invited people get in.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it, describe } from 'vitest'
import { grants, people, personAccounts } from '../../src/db/schema/index.ts'
import { createTestApp, type TestApp } from '../harness.ts'
import { type Browser, openBrowser } from './browser.ts'

interface Claims {
  sub: string
  email: string
  email_verified: boolean
  name: string
  groups?: unknown
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const rights = { production: false, kill: false }
const GROUPS = {
  claim: 'groups',
  scope: 'groups',
  roles: [
    { group: 'owners', project: '*', role: 'admin' as const, production: true, kill: true },
    { group: 'devs', project: 'default', role: 'editor' as const, production: true, kill: false },
    { group: 'devs', project: 'no-such-project', role: 'viewer' as const, ...rights },
  ],
}
const CLIENT = { clientId: 'rampart', clientSecret: 'a-client-secret', name: 'Example' }

describe('an identity provider', () => {
  let app: TestApp
  let provider: Server
  let issuer: string
  /** What it will say about whoever comes next, and how it misbehaves. */
  let claims: Claims
  let wrong: { key?: boolean; nonce?: boolean; audience?: boolean }
  let asked: URL
  let exchanged: URLSearchParams

  beforeAll(async () => {
    provider = createServer((request, response) => {
      const url = new URL(request.url ?? '/', issuer)
      const json = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
      if (url.pathname === '/.well-known/openid-configuration') {
        return json({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          id_token_signing_alg_values_supported: ['RS256'],
        })
      }
      if (url.pathname === '/keys') {
        return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] })
      }
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        exchanged = new URLSearchParams(body)
        return json({ access_token: 'an-access-token', token_type: 'Bearer', id_token: idToken() })
      })
      return undefined
    })
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
    issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
    app = await createTestApp('postgres', {
      publicUrl: 'http://localhost',
      oidc: { issuer, ...CLIENT, groups: GROUPS },
    })
  })
  beforeEach(() => {
    claims = { sub: 'subject-1', email: 'grace@example.com', email_verified: true, name: 'Grace' }
    wrong = {}
  })
  afterAll(async () => {
    await app?.close()
    await new Promise((resolve) => provider.close(resolve))
  })

  function idToken(): string {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const now = Math.floor(Date.now() / 1000)
    const payload = {
      ...claims,
      iss: issuer,
      aud: wrong.audience ? 'somebody-else' : CLIENT.clientId,
      iat: now,
      exp: now + 300,
      nonce: wrong.nonce ? 'another' : asked.searchParams.get('nonce'),
    }
    const text = `${part({ alg: 'RS256', kid: '1', typ: 'JWT' })}.${part(payload)}`
    return `${text}.${sign('sha256', Buffer.from(text), wrong.key ? stranger : privateKey).toString('base64url')}`
  }

  const invite = async (email: string) =>
    expect(
      (
        await app.api('POST', '/api/v1/projects/default/invitations', {
          email,
          role: 'editor',
          production: false,
          kill: false,
        })
      ).status,
    ).toBe(201)

  /** Goes there and comes back; answers with where the browser lands. */
  async function visit(browser: Browser, state?: string): Promise<string | null> {
    const begun = await browser.send('POST', '/api/v1/session/oidc')
    expect(begun.status).toBe(200)
    asked = new URL(((await begun.json()) as { url: string }).url)
    const back = new URLSearchParams({ code: 'a-code', state: state ?? asked.searchParams.get('state') ?? '' })
    const landed = await browser.send('GET', `/api/v1/session/oidc/callback?${back}`, undefined, {
      'sec-fetch-site': 'cross-site',
    })
    expect(landed.status).toBe(302)
    return landed.headers.get('location')
  }
  const isIn = async (browser: Browser) => (await browser.send('GET', '/api/v1/session')).status === 200

  it('lets nobody in who was not invited', async () => {
    const browser = openBrowser(app)
    expect(await visit(browser)).toBe('/sign-in?error=not-invited')
    expect(await isIn(browser)).toBe(false)
    expect(await app.store.db.select().from(people)).toEqual([])
  })

  it('lets an invited person in, with code, PKCE, state and nonce, and keeps none of its tokens', async () => {
    await invite('grace@example.com')
    const browser = openBrowser(app)
    expect(await visit(browser)).toBe('/sign-in?done')
    expect(await (await browser.send('GET', '/api/v1/session')).json()).toMatchObject({
      actor: { kind: 'person', name: 'Grace' },
      grants: [{ project: 'default', role: 'editor' }],
    })
    expect(asked.searchParams.get('response_type')).toBe('code')
    expect(asked.searchParams.get('redirect_uri')).toBe('http://localhost/api/v1/session/oidc/callback')
    const challenge = createHash('sha256')
      .update(exchanged.get('code_verifier') ?? '')
      .digest('base64url')
    expect(asked.searchParams.get('code_challenge')).toBe(challenge)
    expect(exchanged.get('redirect_uri')).toBe(asked.searchParams.get('redirect_uri'))
    const [account] = await app.store.db.select().from(personAccounts)
    expect(account).toMatchObject({ accountId: 'subject-1', accessToken: null, refreshToken: null, idToken: null })
  })

  it('knows people by their subject, whatever their address is by now', async () => {
    claims.email = 'grace.hopper@example.com'
    const browser = openBrowser(app)
    expect(await visit(browser)).toBe('/sign-in?done')
    expect(await app.store.db.select().from(people)).toHaveLength(1)
  })

  it.each<[string, () => void]>([
    ['an address that is not verified', () => (claims = { ...claims, sub: 'subject-2', email_verified: false })],
    ['a token that somebody else signed', () => (wrong.key = true)],
    ['a token for another application', () => (wrong.audience = true)],
    ['a token with another nonce', () => (wrong.nonce = true)],
  ])('is not believed with %s', async (_name, misbehave) => {
    misbehave()
    const browser = openBrowser(app)
    expect(await visit(browser)).toMatch(/^\/sign-in\?error=/)
    expect(await isIn(browser)).toBe(false)
  })

  it('brings nobody back whom this browser did not send', async () => {
    const browser = openBrowser(app)
    expect(await visit(browser, 'a-state-of-somebody-else')).toMatch(/^\/sign-in\?error=/)
    const other = openBrowser(app)
    await other.send('POST', '/api/v1/session/oidc')
    // The state of one browser, the cookie of another.
    const begun = await browser.send('POST', '/api/v1/session/oidc')
    asked = new URL(((await begun.json()) as { url: string }).url)
    const state = asked.searchParams.get('state') ?? ''
    const landed = await other.send('GET', `/api/v1/session/oidc/callback?code=a-code&state=${state}`)
    expect(landed.headers.get('location')).toMatch(/^\/sign-in\?error=/)
    expect(await isIn(other)).toBe(false)
  })

  describe('that names groups', () => {
    const PROJECT = '/api/v1/projects/default'
    let number = 0
    /** Somebody nobody has met, in these groups. */
    const somebody = (groups?: unknown): Claims => {
      number++
      return {
        sub: `member-${number}`,
        email: `m${number}@example.com`,
        email_verified: true,
        name: `M${number}`,
        groups,
      }
    }
    /** Signs in as this person and tells what they may do; null for nothing at all. */
    async function rolesOf(person: Claims): Promise<{ project: string | null; role: string }[] | null> {
      claims = person
      const browser = openBrowser(app)
      const landed = await visit(browser)
      if (landed === '/sign-in?error=not-invited') return null
      expect(landed).toBe('/sign-in?done')
      const session = (await (await browser.send('GET', '/api/v1/session')).json()) as {
        grants: { project: string | null; role: string; production: boolean }[]
      }
      return session.grants.map(({ project, role }) => ({ project, role }))
    }
    async function listed(email: string) {
      const { members } = (await (await app.api('GET', `${PROJECT}/members`)).json()) as {
        members: { id: string; email: string; group: string | null; role: string; production: boolean }[]
      }
      return members.filter((member) => member.email === email)
    }
    const editor = { project: 'default', role: 'editor' }
    const adminOfAll = { project: null, role: 'admin' }

    it('lets its members in without an invitation, with their role and the production right', async () => {
      const person = somebody(['strangers', 'devs'])
      expect(await rolesOf(person)).toEqual([editor])
      expect(asked.searchParams.get('scope')).toContain('groups')
      expect(await listed(person.email)).toEqual([
        expect.objectContaining({ group: 'devs', role: 'editor', production: true }),
      ])
      const history = await (await app.api('GET', `${PROJECT}/audit`)).text()
      expect(history).toContain('is editor of this project, with production by the group devs')
    })

    it('lets nobody else in, whatever else stands in the claim', async () => {
      for (const groups of [undefined, null, [], 'strangers', ['Devs'], { devs: true }, [['devs']], 7]) {
        expect(await rolesOf(somebody(groups))).toBe(null)
      }
      expect(await rolesOf({ ...somebody(['devs']), email_verified: false })).toBe(null)
    })

    it('takes a role back at the next sign-in, also from sessions that are open', async () => {
      const person = somebody('devs')
      claims = person
      const open = openBrowser(app)
      await visit(open)
      expect((await open.send('GET', `${PROJECT}/flags`)).status).toBe(200)
      expect(await rolesOf({ ...person, groups: [] })).toBe(null)
      expect(await listed(person.email)).toEqual([])
      app.deps.credentials.invalidate()
      expect((await open.send('GET', `${PROJECT}/flags`)).status).toBe(403)
      // And gives it again.
      expect(await rolesOf(person)).toEqual([editor])
    })

    it('leaves alone what was given by hand', async () => {
      const person = somebody(['devs'])
      await rolesOf(person)
      const [member] = await listed(person.email)
      const path = `${PROJECT}/members/${member?.id}`
      expect((await app.api('PUT', path, { role: 'viewer', ...rights })).status).toBe(204)
      const viewer = { project: 'default', role: 'viewer' }
      expect(await rolesOf(person)).toEqual([viewer, editor])
      expect((await listed(person.email)).map(({ group }) => group)).toEqual([null, 'devs'])
      expect(await rolesOf({ ...person, groups: [] })).toEqual([viewer])
      // The other way round: what is taken by hand leaves the group's.
      await rolesOf(person)
      expect((await app.api('DELETE', path)).status).toBe(204)
      expect(await rolesOf(person)).toEqual([editor])
    })

    it('cannot take everything from the last admin', async () => {
      const [one, two] = [somebody(['owners']), somebody(['owners'])]
      expect(await rolesOf(one)).toEqual([adminOfAll])
      expect(await app.store.db.select().from(grants)).not.toContainEqual(expect.objectContaining({ role: 'admin' }))
      expect(await rolesOf({ ...one, groups: ['devs'] })).toEqual(expect.arrayContaining([adminOfAll, editor]))
      expect(await rolesOf(two)).toEqual([adminOfAll])
      expect(await rolesOf({ ...one, groups: ['devs'] })).toEqual([editor])
      expect(await rolesOf({ ...two, groups: [] })).toEqual([adminOfAll])
    })
  })
})
