// An identity provider of a few lines, over real HTTP: what it signs is checked, and only invited people get in.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it, describe } from 'vitest'
import { people, personAccounts } from '../../src/db/schema/index.ts'
import { createTestApp, type TestApp } from '../harness.ts'
import { type Browser, openBrowser } from './browser.ts'

interface Claims {
  sub: string
  email: string
  email_verified: boolean
  name: string
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
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
    app = await createTestApp('postgres', { publicUrl: 'http://localhost', oidc: { issuer, ...CLIENT } })
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
})
