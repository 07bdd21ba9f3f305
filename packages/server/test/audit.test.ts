import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyChain } from '../src/audit/chain.ts'
import { auditEntries, projects } from '../src/db/schema/index.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'
const audit = '/api/v1/projects/default/audit'
interface Page {
  entries: Record<string, unknown>[]
  next: number | null
}

describeOnBothStores('the history', (kind) => {
  let app: TestApp
  let projectId: string
  beforeAll(async () => {
    app = await createTestApp(kind)
    const [project] = await app.store.db.select().from(projects)
    projectId = project?.id ?? ''
    for (const key of ['a', 'b']) await app.api('POST', flags, { key })
    const production = `${flags}/a/environments/production`
    await app.api('PATCH', production, { on: true, reason: 'go' }, { 'if-match': '"v1"', 'x-request-id': 'ignored' })
    await app.api('POST', `${production}/kill`, { reason: 'stop' })
    await app.api('PATCH', `${flags}/a/environments/staging`, { on: true }, { 'if-match': '"v1"' })
  })
  afterAll(() => app?.close())

  const read = async (query = '') => (await (await app.api('GET', audit + query)).json()) as Page

  it('says who did what, where, why and by which way, newest first', async () => {
    const { entries, next } = await read('?flag=a&environment=production')
    expect(next).toBe(null)
    expect(entries).toMatchObject([
      {
        action: 'flag.kill',
        sentence: 'killed a in production',
        reason: 'stop',
        environment: 'production',
        flag: 'a',
        before: { killed: false },
        after: { killed: true },
      },
      {
        actor: { kind: 'token', name: 'test admin' },
        via: 'api',
        action: 'configuration.edit',
        sentence: 'turned on a in production',
        reason: 'go',
        version: 2,
        revision: expect.any(Number),
        before: { on: false },
        after: { on: true },
      },
      { action: 'flag.create', environment: null },
    ])
  })

  it('is read in pages without holes', async () => {
    const all = (await read()).entries.map((entry) => entry['id'])
    const paged: unknown[] = []
    let next: number | null = null
    do {
      const page: Page = await read(`?limit=2${next === null ? '' : `&before=${next}`}`)
      paged.push(...page.entries.map((entry) => entry['id']))
      next = page.next
    } while (next !== null)
    expect(paged).toEqual(all)
    expect(all).toHaveLength(5)
  })

  it.each(['?limit=0', '?limit=501', '?limit=x', '?before=x', '?colour=1'])('refuses %s', async (query) => {
    expect((await app.api('GET', audit + query)).status).toBe(400)
  })

  it('knows no unknown flag', async () => {
    expect((await app.api('GET', `${audit}?flag=none`)).status).toBe(404)
  })

  it('is one chain, also when many changes come at once', async () => {
    const keys = Array.from({ length: 8 }, (_, index) => `many-${index}`)
    await Promise.all(keys.map((key) => app.api('POST', flags, { key })))
    expect(await verifyChain(app.store.db, projectId)).toMatchObject({ intact: true, entries: 13 })
  })

  it('holds no change without its entry: when the entry fails, so does the change', async () => {
    await app.store.db.execute(sql`alter table audit_entries add constraint forbidden check (action <> 'flag.archive')`)
    expect((await app.api('POST', `${flags}/b/archive`)).status).toBe(500)
    await app.store.db.execute(sql`alter table audit_entries drop constraint forbidden`)
    expect(await (await app.api('GET', `${flags}/b`)).json()).toMatchObject({ archivedAt: null })
  })

  describe('that somebody tampered with', () => {
    it('names the altered entry', async () => {
      await app.store.db.update(auditEntries).set({ reason: 'never mind' }).where(eq(auditEntries.seq, 3))
      const check = await app.api('GET', `${audit}/check`)
      expect(await check.json()).toMatchObject({
        intact: false,
        brokenAt: 3,
        message: expect.stringContaining('altered'),
      })
      await app.store.db.update(auditEntries).set({ reason: 'go' }).where(eq(auditEntries.seq, 3))
      expect(await verifyChain(app.store.db, projectId)).toMatchObject({ intact: true })
    })

    it('names a missing entry, in the middle and at the end', async () => {
      await app.store.db.delete(auditEntries).where(eq(auditEntries.seq, 13))
      expect(await verifyChain(app.store.db, projectId)).toMatchObject({ intact: false, brokenAt: 13 })
      await app.store.db.delete(auditEntries).where(eq(auditEntries.seq, 4))
      expect(await verifyChain(app.store.db, projectId)).toMatchObject({ intact: false, brokenAt: 4 })
    })
  })
})
