// Two replicas over one real Postgres: what is taken away at one ends at the other within 5 s, open streams included.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiTokens, sdkKeys } from '../src/db/schema/index.ts'
import { offerSetUp } from '../src/people/set-up.commands.ts'
import { openSse } from './delivery/sse-client.ts'
import { startTestServer, type TestServer } from './harness.ts'
import { openBrowser } from './people/browser.ts'

const PROMISED_MS = 5000
const base = '/api/v1/projects/default'
const password = 'a rather long password'

describe('what is revoked at one replica (Postgres only: needs two connections)', () => {
  let one: TestServer
  let two: TestServer
  beforeAll(async () => {
    one = await startTestServer()
    two = await startTestServer({ databaseUrl: one.databaseUrl, adminToken: one.token })
  })
  afterAll(async () => {
    await two?.close()
    await one?.close()
  })

  const browserAt = (server: TestServer) =>
    openBrowser({ request: async (path, init) => fetch(server.url + path, init) })
  async function make(path: string, body: object) {
    const answer = await one.api('POST', path, body)
    expect(answer.status).toBe(201)
    return (await answer.json()) as { id: string; key: string; token: string; path: string }
  }
  /** Milliseconds until `ended`. */
  async function waitFor(ended: Promise<unknown>): Promise<number> {
    const startedAt = performance.now()
    await ended
    return performance.now() - startedAt
  }
  const refused = (ask: () => Promise<Response>) =>
    expect.poll(async () => (await ask()).status, { timeout: PROMISED_MS }).toBe(401)
  const tokenAt = (server: TestServer, token: string) => () =>
    fetch(`${server.url}${base}/flags`, { headers: { authorization: `Bearer ${token}` } })

  it('an SDK key: its streams end at both, others stay open', async () => {
    const path = `${base}/environments/production/sdk-keys`
    const [mine, other] = [
      await make(path, { kind: 'server', name: 'mine' }),
      await make(path, { kind: 'server', name: 'other' }),
    ]
    const streams = await Promise.all(
      [one, two].flatMap(({ url }) => [mine.key, other.key].map((key) => openSse(`${url}/sdk/v1/stream`, key))),
    )
    const [mineAtOne, otherAtOne, mineAtTwo, otherAtTwo] = streams
    await Promise.all(streams.map((stream) => stream.until('reset')))
    expect((await two.api('DELETE', `${path}/${mine.id}`)).status).toBe(204)
    expect(await waitFor(Promise.all([mineAtOne?.closed, mineAtTwo?.closed]))).toBeLessThan(PROMISED_MS)
    const state = (stream: typeof otherAtOne) =>
      Promise.race([stream?.closed.then(() => 'closed'), new Promise((resolve) => setImmediate(() => resolve('open')))])
    expect(await Promise.all([state(otherAtOne), state(otherAtTwo)])).toEqual(['open', 'open'])
    for (const stream of streams) stream.close()
  })

  it('an SDK key whose overlap is over: its streams end at both, without anybody saying so', async () => {
    const path = `${base}/environments/production/sdk-keys`
    const old = await make(path, { kind: 'server', name: 'old' })
    const streams = await Promise.all([one, two].map(({ url }) => openSse(`${url}/sdk/v1/stream`, old.key)))
    await Promise.all(streams.map((stream) => stream.until('reset')))
    await one.store.db.update(sdkKeys).set({ expiresAt: new Date() }).where(eq(sdkKeys.id, old.id))
    expect(await waitFor(Promise.all(streams.map((stream) => stream.closed)))).toBeLessThan(PROMISED_MS)
    await refused(() => fetch(`${two.url}/sdk/v1/snapshot`, { headers: { authorization: `Bearer ${old.key}` } }))
  })

  it('a client key that is taken from a page: the streams of that page end at both, others stay open', async () => {
    const path = `${base}/environments/production/sdk-keys`
    const [own, foreign] = ['https://shop.example', 'https://evil.example']
    const { id, key } = await make(path, { kind: 'client', name: 'web' })
    const openAs = (server: TestServer, origin: string) =>
      openSse(`${server.url}/sdk/v1/stream`, key, { headers: { origin } })
    const [kept, atOne, atTwo] = await Promise.all([openAs(two, own), openAs(one, foreign), openAs(two, foreign)])
    await Promise.all([kept, atOne, atTwo].map((stream) => stream.until('current')))
    expect((await one.api('PATCH', `${path}/${id}`, { origins: [own] })).status).toBe(200)
    expect(await waitFor(Promise.all([atOne.closed, atTwo.closed]))).toBeLessThan(PROMISED_MS)
    const statusAtTwo = async () => {
      const again = await openAs(two, foreign)
      again.close()
      return again.response.statusCode
    }
    await expect.poll(statusAtTwo, { timeout: PROMISED_MS }).toBe(403)
    const state = await Promise.race([
      kept.closed.then(() => 'closed'),
      new Promise((resolve) => setImmediate(() => resolve('open'))),
    ])
    expect(state).toBe('open')
    kept.close()
  })

  it('an API token: the other replica refuses it, and its event stream ends', async () => {
    const { id, token } = await make(`${base}/tokens`, { name: 'ci', role: 'viewer', production: false, kill: false })
    expect((await tokenAt(two, token)()).status).toBe(200)
    const events = await openSse(`${two.url}${base}/events`, token)
    expect(events.response.statusCode).toBe(200)
    expect((await one.api('DELETE', `${base}/tokens/${id}`)).status).toBe(204)
    expect(await waitFor(Promise.all([events.closed, refused(tokenAt(two, token))]))).toBeLessThan(PROMISED_MS)
  })

  it('an API token that expires: the same, without anybody saying so', async () => {
    const { id, token } = await make(`${base}/tokens`, { name: 'ci', role: 'viewer', production: false, kill: false })
    const events = await openSse(`${two.url}${base}/events`, token)
    await one.store.db.update(apiTokens).set({ expiresAt: new Date() }).where(eq(apiTokens.id, id))
    expect(await waitFor(Promise.all([events.closed, refused(tokenAt(two, token))]))).toBeLessThan(PROMISED_MS)
  })

  it('a person: out of the other replica too, with the event stream', async () => {
    // The link is of the one replica, the account of both.
    const secret = await offerSetUp(one.store.db)
    const ada = browserAt(one)
    await ada.send('POST', '/api/v1/set-up', { secret, name: 'Ada', email: 'ada@example.com', password })
    const invited = await ada.send('POST', `${base}/invitations`, {
      email: 'eve@example.com',
      role: 'editor',
      production: true,
      kill: true,
    })
    const { path } = (await invited.json()) as { path: string }
    const eve = browserAt(two)
    const joined = { secret: path.split('#')[1], name: 'Eve', password }
    expect((await eve.send('POST', '/api/v1/invitations/accept', joined)).status).toBe(201)
    const cookie = `rampart_session=${eve.cookies.get('rampart_session')}`
    // An Authorization header, even an empty one, is judged alone: the cookie is not looked at.
    const judged = await fetch(`${two.url}${base}/events`, { headers: { authorization: '', cookie } })
    expect(judged.status).toBe(401)
    const events = await fetch(`${two.url}${base}/events`, { headers: { cookie } })
    expect(events.status).toBe(200)

    const { members } = (await (await ada.send('GET', `${base}/members`)).json()) as {
      members: { id: string; name: string }[]
    }
    const id = members.find(({ name }) => name === 'Eve')?.id
    expect((await eve.send('GET', `${base}/flags`)).status).toBe(200)
    // A role that is taken away is gone at the other replica.
    expect(
      (await ada.send('PUT', `${base}/members/${id}`, { role: 'viewer', production: false, kill: false })).status,
    ).toBe(204)
    await expect
      .poll(async () => (await eve.send('POST', `${base}/flags`, { key: 'by-eve' })).status, { timeout: PROMISED_MS })
      .toBe(403)
    expect((await ada.send('DELETE', `${base}/members/${id}`)).status).toBe(204)
    // The stream of her screen ends: reading it to its end comes back.
    const ended = events.text().catch(() => 'cut')
    expect(await waitFor(Promise.all([ended, refused(() => eve.send('GET', '/api/v1/session'))]))).toBeLessThan(
      PROMISED_MS,
    )
  })

  it('too many wrong passwords, half of them at each: both refuse', async () => {
    const guess = (server: TestServer) =>
      browserAt(server).send('POST', '/api/v1/session/password', { email: 'grace@example.com', password: 'guess' })
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => guess(index % 2 === 0 ? one : two)))
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(10)
    expect((await guess(one)).status).toBe(429)
    expect((await guess(two)).status).toBe(429)
  })
})
