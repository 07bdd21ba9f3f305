import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hashSecret } from '../../src/access/secrets.ts'
import {
  people,
  personAccounts,
  personSessions,
  secondFactors,
  setUpLinks,
  signInFailures,
} from '../../src/db/schema/index.ts'
import { offerSetUp } from '../../src/people/set-up.commands.ts'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'
import { type Browser, openBrowser, totp } from './browser.ts'

const ada = { name: 'Ada', email: 'ada@example.com', password: 'a rather long password' }
const right = { email: ada.email, password: ada.password }

describeOnBothStores('people', (kind) => {
  let app: TestApp
  let first: Browser
  beforeAll(async () => {
    app = await createTestApp(kind)
    first = openBrowser(app)
  })
  afterAll(() => app?.close())

  const signIn = async (browser: Browser, input: object = right) =>
    browser.send('POST', '/api/v1/session/password', input)
  const me = async (browser: Browser) => browser.send('GET', '/api/v1/session')

  describe('the set-up link', () => {
    it('makes the first account, an admin of everything, and signs it in', async () => {
      const secret = await offerSetUp(app.store.db)
      expect(secret).toMatch(/^rsu_[\w-]{43}$/)
      expect(JSON.stringify(await app.store.db.select().from(setUpLinks))).not.toContain(secret)
      const ways = await (await openBrowser(app).send('GET', '/api/v1/session/ways')).json()
      expect(ways).toEqual({ setUp: true, oidc: null })

      const other = openBrowser(app)
      const [one, two] = await Promise.all([
        first.send('POST', '/api/v1/set-up', { secret, ...ada }),
        other.send('POST', '/api/v1/set-up', { secret, ...ada, email: 'eve@example.com' }),
      ])
      expect([one.status, two.status].sort()).toEqual([201, 401])
      if (two.status === 201) [first] = [other]
      expect(await app.store.db.select().from(people)).toHaveLength(1)
      expect(await (await me(first)).json()).toMatchObject({
        actor: { kind: 'person', name: 'Ada' },
        grants: [{ project: null, role: 'admin', production: true, kill: true }],
      })
      // Whoever won the race: from here on it is ada@example.com.
      await app.store.db.update(people).set({ email: ada.email })
    })

    it('works once, and no start offers another one', async () => {
      expect(await offerSetUp(app.store.db)).toBe(undefined)
      const again = await openBrowser(app).send('POST', '/api/v1/set-up', { secret: 'rsu_guess', ...ada })
      expect(again.status).toBe(401)
      expect(await app.store.db.select().from(setUpLinks)).toEqual([])
    })

    it('is part of the history', async () => {
      const { entries } = (await (await app.api('GET', '/api/v1/projects/default/audit')).json()) as {
        entries: Record<string, unknown>[]
      }
      expect(entries[0]).toMatchObject({ action: 'member.set-up', actor: { kind: 'person', name: 'Ada' } })
      expect(await (await app.api('GET', '/api/v1/projects/default/audit/check')).json()).toMatchObject({
        intact: true,
      })
    })

    it('wants a password of some length', async () => {
      const answer = await openBrowser(app).send('POST', '/api/v1/set-up', { secret: 'x', ...ada, password: 'short' })
      expect(answer.status).toBe(400)
    })
  })

  describe('a password', () => {
    it('signs in, with a cookie that scripts cannot read and a token that the database does not know', async () => {
      const browser = openBrowser(app)
      const answer = await signIn(browser)
      expect(await answer.json()).toEqual({ secondFactor: false })
      const [cookie] = answer.headers.getSetCookie()
      expect(cookie).toMatch(/^rampart_session=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
      const token = decodeURIComponent(browser.cookies.get('rampart_session') ?? '').split('.')[0] ?? ''
      const rows = await app.store.db.select().from(personSessions)
      expect(rows.some((row) => row.token === hashSecret(token))).toBe(true)
      expect(JSON.stringify(rows)).not.toContain(token)
      expect((await me(browser)).status).toBe(200)
    })

    it('is stored as scrypt', async () => {
      const [account] = await app.store.db.select().from(personAccounts)
      expect(account?.password).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/)
    })

    it('gets a cookie bound to this host behind TLS, where no other cookie counts', async () => {
      const browser = openBrowser(app)
      const tls = { 'x-forwarded-proto': 'https' }
      const answer = await browser.send('POST', '/api/v1/session/password', right, tls)
      expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-rampart_session=.*; Secure/)
      expect((await browser.send('GET', '/api/v1/session', undefined, tls)).status).toBe(200)
      const value = browser.cookies.get('__Host-rampart_session') ?? ''
      browser.cookies.clear()
      browser.cookies.set('rampart_session', value)
      expect((await browser.send('GET', '/api/v1/session', undefined, tls)).status).toBe(401)
    })

    it('does not tell whether an address has an account', async () => {
      const answers = await Promise.all(
        [
          { ...right, password: 'wrong password' },
          { email: 'nobody@example.com', password: 'wrong password' },
        ].map(async (input) => {
          const answer = await signIn(openBrowser(app), input)
          const { error } = (await answer.json()) as { error: { message: string } }
          return [answer.status, error.message]
        }),
      )
      expect(answers[0]).toEqual([401, 'The address or the password is wrong.'])
      expect(answers[1]).toEqual(answers[0])
    })

    it('is not taken from another site', async () => {
      const answer = await openBrowser(app).send('POST', '/api/v1/session/password', right, {
        'sec-fetch-site': 'cross-site',
        origin: 'https://evil.example',
      })
      expect(answer.status).toBe(403)
    })

    it('can be guessed ten times, then the right one waits too, also when many come at once', async () => {
      const guesses = await Promise.all(
        Array.from({ length: 15 }, () => signIn(openBrowser(app), { ...right, password: 'wrong password' })),
      )
      const statuses = guesses.map(({ status }) => status)
      expect(statuses).toContain(429)
      expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10)
      expect((await signIn(openBrowser(app))).status).toBe(429)
      // Nobody else is kept out by that.
      expect((await signIn(openBrowser(app), { email: 'grace@example.com', password: 'wrong password' })).status).toBe(
        401,
      )
      await app.store.db.delete(signInFailures)
    })

    it('is changed with the present one, and ends the other sessions', async () => {
      const [browser, elsewhere] = [openBrowser(app), openBrowser(app)]
      await signIn(browser)
      await signIn(elsewhere)
      const path = '/api/v1/account/password'
      const wrong = await browser.send('PUT', path, { password: 'not the one', newPassword: 'another long password' })
      expect(wrong.status).toBe(401)
      const changed = await browser.send('PUT', path, { password: ada.password, newPassword: 'another long password' })
      expect(changed.status).toBe(204)
      expect((await me(browser)).status).toBe(200)
      expect((await me(elsewhere)).status).toBe(401)
      expect((await signIn(openBrowser(app))).status).toBe(401)
      await browser.send('PUT', path, { password: 'another long password', newPassword: ada.password })
      first = browser
    })
  })

  describe('sessions', () => {
    it('are listed, ended one by one and all at once', async () => {
      const [one, two] = [openBrowser(app), openBrowser(app)]
      await signIn(one)
      await signIn(two)
      const list = async () =>
        (
          (await (await one.send('GET', '/api/v1/account/sessions')).json()) as {
            sessions: { id: string; current: boolean; browser: string }[]
          }
        ).sessions
      const others = (await list()).filter(({ current }) => !current)
      expect((await list()).filter(({ current }) => current)).toHaveLength(1)
      expect(others[0]?.browser).toBe('Test browser')
      for (const { id } of others) {
        expect((await one.send('DELETE', `/api/v1/account/sessions/${id}`)).status).toBe(204)
      }
      expect((await me(two)).status).toBe(401)
      await signIn(two)
      expect((await one.send('DELETE', '/api/v1/account/sessions')).status).toBe(204)
      expect((await me(two)).status).toBe(401)
      expect((await me(one)).status).toBe(200)
      first = one
    })

    it('end with signing out, and after a week without use', async () => {
      const browser = openBrowser(app)
      await signIn(browser)
      const cookie = browser.cookies.get('rampart_session') ?? ''
      expect((await browser.send('DELETE', '/api/v1/session')).status).toBe(204)
      browser.cookies.set('rampart_session', cookie)
      expect((await me(browser)).status).toBe(401)
      await signIn(browser)
      await app.store.db.update(personSessions).set({ lastSeenAt: new Date(Date.now() - 8 * 24 * 3600_000) })
      expect((await me(browser)).status).toBe(401)
      await signIn(first)
    })

    it('of an API token have no account', async () => {
      expect((await app.api('GET', '/api/v1/account')).status).toBe(404)
    })
  })

  describe('a second factor', () => {
    let secret: string
    let backupCodes: string[]

    it('begins with the password and is on after a code of the app', async () => {
      await signIn(first)
      const path = '/api/v1/account/second-factor'
      expect((await first.send('POST', path, { password: 'not the one' })).status).toBe(401)
      const begun = await first.send('POST', path, { password: ada.password })
      expect(begun.status).toBe(200)
      const start = (await begun.json()) as { uri: string; secret: string; backupCodes: string[] }
      expect(start.uri).toMatch(/^otpauth:\/\/totp\/Rampart/)
      ;({ secret, backupCodes } = start)
      expect((await first.send('PUT', path, { code: '000000' })).status).toBe(401)
      expect((await first.send('PUT', path, { code: totp(secret) })).status).toBe(204)
      expect(await (await first.send('GET', '/api/v1/account')).json()).toMatchObject({ secondFactor: true })
      const [row] = await app.store.db.select().from(secondFactors)
      expect(row?.secret).not.toContain(secret)
      expect(row?.backupCodes).not.toContain(backupCodes[0])
    })

    it('is asked for behind the password, and until then nothing is open', async () => {
      const browser = openBrowser(app)
      expect(await (await signIn(browser)).json()).toEqual({ secondFactor: true })
      expect(browser.cookies.has('rampart_session')).toBe(false)
      expect((await me(browser)).status).toBe(401)
      const code = await browser.send('POST', '/api/v1/session/second-factor', { code: totp(secret) })
      expect(code.status).toBe(200)
      expect((await me(browser)).status).toBe(200)
    })

    it('can be guessed five times', async () => {
      const browser = openBrowser(app)
      await signIn(browser)
      for (let index = 0; index < 5; index++) {
        expect((await browser.send('POST', '/api/v1/session/second-factor', { code: '000000' })).status).toBe(401)
      }
      const late = await browser.send('POST', '/api/v1/session/second-factor', { code: totp(secret) })
      expect(late.status).toBe(401)
    })

    it('is replaced by a backup code, once', async () => {
      const [one, two] = [openBrowser(app), openBrowser(app)]
      await signIn(one)
      expect((await one.send('POST', '/api/v1/session/second-factor', { code: backupCodes[0] })).status).toBe(200)
      expect((await me(one)).status).toBe(200)
      await signIn(two)
      expect((await two.send('POST', '/api/v1/session/second-factor', { code: backupCodes[0] })).status).toBe(401)
    })

    it('is turned off with the password', async () => {
      const off = await first.send('DELETE', '/api/v1/account/second-factor', { password: ada.password })
      expect(off.status).toBe(204)
      expect(await (await signIn(openBrowser(app))).json()).toEqual({ secondFactor: false })
      expect(await app.store.db.select().from(secondFactors)).toEqual([])
    })
  })

  it('do not sign up by themselves', async () => {
    for (const path of ['/api/v1/session/oidc/sign-up/email', '/api/auth/sign-up/email', '/api/v1/sign-up']) {
      const answer = await openBrowser(app).send('POST', path, { ...ada, email: 'self@example.com' })
      expect({ path, status: answer.status }).toEqual({ path, status: 401 })
    }
    expect(await app.store.db.select().from(people).where(eq(people.email, 'self@example.com'))).toEqual([])
  })
})
