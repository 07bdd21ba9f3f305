import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { flagConfigurations } from '../src/db/schema/index.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'
type Json = Record<string, unknown>

describeOnBothStores('a kill', (kind) => {
  let app: TestApp
  let path: string
  let key: string
  let count = 0
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())
  beforeEach(async () => {
    key = `flag-${++count}`
    await app.api('POST', flags, { key })
    path = `${flags}/${key}/environments/production`
  })

  const post = async (what: string, body?: unknown) =>
    (await (await app.api('POST', `${path}/${what}`, body)).json()) as Json
  const history = async () => {
    const answer = await app.api('GET', `/api/v1/projects/default/audit?flag=${key}&environment=production`)
    return ((await answer.json()) as { entries: Json[] }).entries.map((entry) => entry['sentence'])
  }

  it('says what holds now, by whom and why', async () => {
    const killed = await post('kill', { reason: 'payment errors' })
    expect(killed).toMatchObject({ killed: true, by: 'test admin', reason: 'payment errors', changed: true })
    expect(killed['delivery']).toMatchObject({ streams: 0, sent: 0, confirmed: 0, lagging: [] })
    const { changed: _, ...facts } = killed
    expect(await (await app.api('GET', `${path}/kill`)).json()).toEqual({ ...facts, changed: false })
    expect(await (await app.api('GET', path)).json()).toMatchObject({
      state: 'killed',
      share: 0,
      revision: killed['revision'],
      kill: { killed: true, reason: 'payment errors' },
    })
  })

  it('needs no body, no version, and a second one changes nothing', async () => {
    const first = await post('kill', { reason: 'first' })
    const second = await post('kill', { reason: 'second' })
    expect(second).toMatchObject({
      killed: true,
      reason: 'first',
      at: first['at'],
      revision: first['revision'],
      changed: false,
    })
    expect(await history()).toEqual([`killed ${key} in production`, expect.stringContaining('created')])
  })

  it('pressed by many at once is one kill', async () => {
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post('kill')))
    expect(answers.filter((answer) => answer['changed'])).toHaveLength(1)
    expect(new Set(answers.map((answer) => answer['revision'])).size).toBe(1)
  })

  it('leaves the configuration alone: an open edit still saves, and a restore brings it back', async () => {
    await app.api('PATCH', path, { on: true, defaultServe: { rollout: { weight: 5000 } } }, { 'if-match': '"v1"' })
    await post('kill')
    const edited = await app.api('PATCH', path, { defaultServe: { rollout: { weight: 9000 } } }, { 'if-match': '"v2"' })
    expect(await edited.json()).toMatchObject({ version: 3, state: 'killed', kill: { killed: true } })
    expect(await post('restore', { reason: 'fixed' })).toMatchObject({ killed: false, changed: true, reason: 'fixed' })
    expect(await post('restore')).toMatchObject({ killed: false, changed: false, reason: 'fixed' })
    expect(await (await app.api('GET', path)).json()).toMatchObject({ version: 3, state: 'ramping', share: 9000 })
  })

  it('of a flag never killed can be restored, and nothing happens', async () => {
    expect(await post('restore')).toMatchObject({ killed: false, at: null, revision: 0, changed: false })
  })

  it('is never counted against the rate limit', async () => {
    const limited = await createTestApp(kind, { rateLimit: 2 })
    try {
      await limited.api('POST', flags, { key: 'a' })
      const statuses: number[] = []
      for (let index = 0; index < 5; index++) {
        statuses.push((await limited.api('POST', `${flags}/a/environments/production/kill`)).status)
      }
      expect(statuses).toEqual([200, 200, 200, 200, 200])
      const reads = await Promise.all([1, 2, 3].map(() => limited.api('GET', flags)))
      expect(reads.at(-1)?.status).toBe(429)
      expect(reads.at(-1)?.headers.get('retry-after')).toMatch(/^\d+$/)
      expect(await reads.at(-1)?.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } })
    } finally {
      await limited.close()
    }
  })

  describe.runIf(kind === 'postgres')('while somebody holds locks (Postgres only: needs a second connection)', () => {
    it('does not wait for an edit of the same flag', async () => {
      await app.store.db.transaction(async (tx) => {
        await tx
          .select()
          .from(flagConfigurations)
          .where(eq(flagConfigurations.environmentId, await production()))
          .for('update')
        expect(await post('kill')).toMatchObject({ killed: true, changed: true })
      })
    })

    it('says NOT applied within 3 s, and is not applied later, when the history is locked', async () => {
      const before = performance.now()
      const { auditHeads } = await import('../src/db/schema/index.ts')
      await app.store.db.transaction(async (tx) => {
        await tx.select().from(auditHeads).for('update')
        const response = await app.api('POST', `${path}/kill`)
        expect(response.status).toBe(503)
        expect(await response.json()).toMatchObject({
          error: { code: 'UNAVAILABLE', message: expect.stringMatching(/^NOT applied/) },
        })
        expect(performance.now() - before).toBeLessThan(3000)
      })
      expect(await (await app.api('GET', `${path}/kill`)).json()).toMatchObject({ killed: false })
    })
  })

  async function production(): Promise<string> {
    const rows = await app.store.db.query.environments.findMany()
    return rows.find((row) => row.key === 'production')?.id ?? ''
  }
})
