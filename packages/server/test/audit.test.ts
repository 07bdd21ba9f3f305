import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

  it('holds no change without its entry: when the entry fails, so does every change', async () => {
    const production = `${flags}/b/environments/production`
    const settings = '/api/v1/projects/default/environments/production'
    await app.api('PATCH', production, { on: true }, { 'if-match': '"v1"' })
    const [entry] = (await read('?flag=b&limit=1')).entries
    const state = async () => {
      const answers = await Promise.all(
        [`${flags}/b`, production, '/api/v1/projects'].map((path) => app.api('GET', path)),
      )
      return Promise.all(answers.map((answer) => answer.json()))
    }
    const before = await state()
    await app.store.db.execute(sql`alter table audit_entries add constraint forbidden check (seq < 0) not valid`)
    const attempts: [string, string, object, string?][] = [
      ['PATCH', production, { on: false }, '"v2"'],
      ['POST', `${production}/kill`, {}],
      ['POST', `${production}/versions/1/restore`, {}, '"v2"'],
      ['POST', `${production}/undo`, { entry: entry?.['id'] }],
      ['POST', `${production}/ramp`, { steps: [{ weight: 1_000, soak: '1h' }] }],
      ['PATCH', `${flags}/b`, { owner: 'Ada' }],
      ['POST', `${flags}/b/archive`, {}],
      ['POST', flags, { key: 'never' }],
      ['PATCH', settings, { approvalRequired: true }],
      ['POST', '/api/v1/projects/default/segments', { key: 'never' }],
    ]
    for (const [method, path, body, version] of attempts) {
      const answer = await app.api(method, path, body, version ? { 'if-match': version } : {})
      expect([path, answer.status]).toEqual([path, 500])
    }
    await app.store.db.execute(sql`alter table audit_entries drop constraint forbidden`)
    expect(await state()).toEqual(before)
    expect((await app.api('GET', `${flags}/never`)).status).toBe(404)
    expect(await verifyChain(app.store.db, projectId)).toMatchObject({ intact: true })
  })

  it('shows one entry whole, to its own project', async () => {
    const [entry] = (await read('?flag=a')).entries
    expect(await (await app.api('GET', `${audit}/${String(entry?.['id'])}`)).json()).toEqual(entry)
    expect((await app.api('GET', `${audit}/00000000-0000-4000-8000-000000000000`)).status).toBe(404)
    expect((await app.api('GET', `${audit}/x`)).status).toBe(400)
  })

  it('knows a hash that somebody kept, and one that was never in it', async () => {
    const [third] = await app.store.db.select().from(auditEntries).where(eq(auditEntries.seq, 3))
    expect(await verifyChain(app.store.db, projectId, third?.hash)).toMatchObject({ intact: true, keptAt: 3 })
    const check = await app.api('GET', `${audit}/check?kept=${'0'.repeat(64)}`)
    expect(await check.json()).toMatchObject({ intact: false, message: expect.stringContaining('rewritten') })
    expect((await app.api('GET', `${audit}/check?kept=x`)).status).toBe(400)
  })

  it('is exported whole, and the file proves itself', async () => {
    const exported = await app.api('GET', `${audit}/export`)
    expect(exported.headers.get('content-type')).toBe('application/x-ndjson')
    const text = await exported.text()
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const { head } = lines.at(-1)
    expect(exported.headers.get('rampart-audit-head')).toBe(`${head.seq}:${head.hash}`)
    expect(await verifyChain(app.store.db, projectId)).toMatchObject({ entries: head.seq, head: head.hash })
    expect(lines).toHaveLength(head.seq + 1)
    expect(lines[2]).toMatchObject({ entry: { seq: 3, reason: 'go' }, flag: 'a', environment: 'production' })

    const file = join(await mkdtemp(join(tmpdir(), 'rampart-history-')), 'history.ndjson')
    const script = new URL('../src/verify-history.ts', import.meta.url).pathname
    const verify = async (...args: string[]) => {
      const run = promisify(execFile)(process.execPath, [script, file, ...args])
      return run.then(({ stdout }) => ({ status: 0, stdout })).catch(({ code: status, stdout }) => ({ status, stdout }))
    }
    await writeFile(file, text)
    expect(await verify()).toMatchObject({ status: 0, stdout: expect.stringContaining(`whole, ${head.seq} entries`) })
    expect(await verify('--kept', head.hash)).toMatchObject({ status: 0 })
    expect(await verify('--kept', '0'.repeat(64))).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('rewritten'),
    })
    await writeFile(file, text.replace('"reason":"go"', '"reason":"no"'))
    expect(await verify()).toMatchObject({ status: 1, stdout: expect.stringContaining('BROKEN at entry 3') })
  }, 120_000)

  it('is exported for a spreadsheet, where no name becomes a formula', async () => {
    const reason = '=HYPERLINK("https://evil.example")'
    await app.api('POST', flags, { key: 'csv', reason })
    const exported = await app.api('GET', `${audit}/export?format=csv`)
    expect(exported.headers.get('content-disposition')).toBe('attachment; filename="rampart-history-default.csv"')
    const lines = (await exported.text()).split('\r\n')
    expect(lines[0]).toMatch(/^seq,at,who,via,action,sentence,reason,/)
    expect(lines.find((line) => line.includes('evil'))).toContain(`,"'=HYPERLINK(""https://evil.example"")",`)
    expect((await app.api('GET', `${audit}/export?format=xml`)).status).toBe(400)
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
      await app.store.db.delete(auditEntries).where(eq(auditEntries.seq, 15))
      expect(await verifyChain(app.store.db, projectId)).toMatchObject({ intact: false, brokenAt: 15 })
      await app.store.db.delete(auditEntries).where(eq(auditEntries.seq, 4))
      expect(await verifyChain(app.store.db, projectId)).toMatchObject({ intact: false, brokenAt: 4 })
    })
  })
})
