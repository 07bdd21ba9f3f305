import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { triggers } from '../src/db/schema/index.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'
const firing = { status: 'firing', alerts: [{ status: 'firing', labels: { alertname: 'PaymentErrors' } }] }
const resolved = { status: 'resolved', alerts: [{ status: 'resolved', labels: { alertname: 'PaymentErrors' } }] }
type Json = Record<string, unknown>

describeOnBothStores('a kill trigger', (kind) => {
  let app: TestApp
  let key: string
  let production: string
  let count = 0
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())
  beforeEach(async () => {
    key = `flag-${++count}`
    await app.api('POST', flags, { key })
    production = `${flags}/${key}/environments/production`
  })

  const json = async (response: Response | Promise<Response>) => (await (await response).json()) as Json
  const make = async (body: Json = { name: 'payments' }) =>
    (await json(app.api('POST', `${production}/triggers`, body))) as { id: string; path: string; expiresAt: string }
  /** As an alert manager calls: no header of ours. */
  const alarm = (path: string, body: unknown = firing) =>
    app.request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const isKilled = async (path = production) => ((await json(app.api('GET', path)))['kill'] as Json)['killed']
  const listed = async () => ((await json(app.api('GET', `${production}/triggers`))) as { triggers: Json[] }).triggers

  it('kills its flag in its environment alone, with the name of the alert as the reason', async () => {
    const { path } = await make()
    const answer = await alarm(path)
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ flag: key, environment: 'production', killed: true, changed: true })
    expect(await isKilled()).toBe(true)
    expect(await isKilled(`${flags}/${key}/environments/staging`)).toBe(false)
    const { entries } = (await json(app.api('GET', `/api/v1/projects/default/audit?flag=${key}`))) as {
      entries: Json[]
    }
    expect(entries[0]).toMatchObject({
      action: 'flag.kill',
      via: 'trigger',
      actor: { kind: 'system', name: 'trigger payments' },
      reason: 'PaymentErrors (Alertmanager)',
    })
    expect(await json(app.api('GET', '/api/v1/projects/default/audit/check'))).toMatchObject({ intact: true })
  })

  it('called again changes nothing, and the end of the alert restores nothing', async () => {
    const { path } = await make()
    await alarm(path)
    expect(await json(alarm(path))).toMatchObject({ killed: true, changed: false })
    expect(await json(alarm(path, resolved))).toMatchObject({ killed: null, changed: false })
    expect(await isKilled()).toBe(true)
  })

  it('does nothing when an alert is over', async () => {
    const { path } = await make()
    expect((await alarm(path, resolved)).status).toBe(200)
    expect(await isKilled()).toBe(false)
    expect(await listed()).toMatchObject([{ lastOutcome: 'nothing done: "PaymentErrors" of Alertmanager is over' }])
  })

  it('refuses what it does not understand, and does nothing', async () => {
    const { path } = await make()
    const refused = await alarm(path, { hello: 'there' })
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { code: 'INVALID_INPUT' } })
    expect(await isKilled()).toBe(false)
    expect(await listed()).toMatchObject([{ lastOutcome: 'refused: the body was not understood' }])
  })

  it('shows its secret once, stores a hash, and tells when it was used', async () => {
    const { path, id } = await make()
    const secret = path.split('/').at(-1) ?? ''
    expect(secret).toMatch(/^rpk_[A-Za-z0-9_-]{43}$/)
    const [row] = await app.store.db.select().from(triggers).where(eq(triggers.id, id))
    expect(JSON.stringify(row)).not.toContain(secret.slice(8))
    const [before] = await listed()
    expect(JSON.stringify(before)).not.toContain(secret.slice(8))
    expect(before).toMatchObject({ name: 'payments', prefix: secret.slice(0, 8), lastUsedAt: null })
    await app.request(path, { method: 'POST' })
    expect(await isKilled()).toBe(true)
    const [after] = await listed()
    expect(after).toMatchObject({
      lastUsedAt: expect.stringMatching(/^20/),
      lastOutcome: 'killed by no reason given (a request)',
    })
  })

  it('is worth nothing when it is revoked, expired or made up, and says the same of each', async () => {
    const revoked = await make()
    expect((await app.api('DELETE', `${production}/triggers/${revoked.id}`)).status).toBe(204)
    const expired = await make()
    await app.store.db
      .update(triggers)
      .set({ expiresAt: new Date(0) })
      .where(eq(triggers.id, expired.id))
    const madeUp = `/triggers/v1/rpk_${'a'.repeat(43)}`
    const answers = await Promise.all(
      [revoked.path, expired.path, madeUp, '/triggers/v1/x'].map(async (path) => {
        const { error } = (await json(alarm(path))) as { error: Json }
        return [error['code'], error['message']]
      }),
    )
    expect(new Set(answers.map(String)).size).toBe(1)
    expect(answers[0]?.[0]).toBe('NOT_FOUND')
    expect(await isKilled()).toBe(false)
  })

  it('lasts a year unless told otherwise, and never for ever', async () => {
    const days = (iso: string) => Math.round((Date.parse(iso) - Date.now()) / 86_400_000)
    expect(days((await make()).expiresAt)).toBe(365)
    expect(days((await make({ name: 'short', expiresInDays: 7 })).expiresAt)).toBe(7)
    expect((await app.api('POST', `${production}/triggers`, { name: 'x', expiresInDays: 800 })).status).toBe(400)
  })

  it('is refused after thirty uses in a minute, by name, and the others are not', async () => {
    const { path } = await make()
    for (let use = 0; use < 30; use++) expect((await alarm(path)).status).toBe(200)
    const refused = await alarm(path)
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } })
    expect((await alarm((await make()).path)).status).toBe(200)
  })

  it('is one of at most twenty', async () => {
    for (let made = 0; made < 20; made++) await make()
    const refused = await app.api('POST', `${production}/triggers`, { name: 'one more' })
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ error: { details: { limit: 'TRIGGERS_PER_FLAG', most: 20 } } })
  })
})
