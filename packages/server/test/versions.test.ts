import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { auditEntries } from '../src/db/schema/index.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'
let count = 0

// oxlint-disable-next-line typescript/no-explicit-any -- answers are checked by what the tests expect of them
type Json = Record<string, any>
const json = async (response: Response | Promise<Response>) => (await (await response).json()) as Json

interface Entry {
  id: string
  action: string
  sentence: string
  reason: string | null
  after: unknown
}

describeOnBothStores('the versions of a configuration', (kind) => {
  let app: TestApp
  let key: string
  let at: string
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())

  /** A flag at version 3: made, turned on at 5 %, ramped to 25 %. */
  beforeEach(async () => {
    key = `flag-${++count}`
    at = `${flags}/${key}/environments/production`
    await app.api('POST', flags, { key })
    await ramp(5_000, 1, { on: true })
    await ramp(25_000, 2, { reason: 'looks good' })
  })

  const ramp = (weight: number, version: number, more: object = {}) =>
    app.api('PATCH', at, { defaultServe: { rollout: { weight } }, ...more }, { 'if-match': `"v${version}"` })
  const lastEntry = async () =>
    (await json(app.api('GET', `/api/v1/projects/default/audit?flag=${key}&limit=1`)))['entries'][0] as Entry

  it('are listed with who, when, why and what, the one that came with the flag too', async () => {
    expect(await json(app.api('GET', `${at}/versions`))).toMatchObject({
      current: 3,
      next: null,
      versions: [
        {
          version: 3,
          by: 'test admin',
          via: 'api',
          reason: 'looks good',
          sentence: /* of an edit */ expect.any(String),
        },
        { version: 2, reason: null, sentence: `turned on ${key} in production and ramped it from 0 % to 5 %` },
        { version: 1, by: null, sentence: 'created with the flag' },
      ],
    })
  })

  it('are read in pages without holes', async () => {
    const first = await json(app.api('GET', `${at}/versions?limit=1`))
    const second = await json(app.api('GET', `${at}/versions?limit=1&before=${first['next']}`))
    const third = await json(app.api('GET', `${at}/versions?limit=1&before=${second['next']}`))
    const seen = [first, second, third].flatMap((page) => page['versions'].map((v: { version: number }) => v.version))
    expect(seen).toEqual([3, 2, 1])
    expect(third['next']).toBe(null)
  })

  it.each([1, 2, 3])('can be looked at: version %i', async (version) => {
    const weight = [0, 0, 5_000, 25_000][version]
    expect(await json(app.api('GET', `${at}/versions/${version}`))).toMatchObject({
      version,
      configuration: { on: version > 1, defaultServe: { rollout: { weight } } },
    })
  })

  it('exist or they do not', async () => {
    expect((await app.api('GET', `${at}/versions/4`)).status).toBe(404)
    expect((await app.api('GET', `${at}/versions/0`)).status).toBe(400)
    expect((await app.api('GET', `${at}/versions/x`)).status).toBe(400)
  })

  it('are compared, in words and field by field', async () => {
    expect(await json(app.api('GET', `${at}/versions/3/difference?to=1`))).toMatchObject({
      from: { version: 3 },
      to: { version: 1 },
      will: `turn off ${key} in production and ramp it from 25 % to 0 %`,
      difference: [
        { path: 'on', before: true, after: false },
        { path: 'defaultServe.rollout.weight', before: 25_000, after: 0 },
      ],
    })
  })

  it('come back as a new version, whole, and leave killed alone', async () => {
    const rules = [{ conditions: [{ op: 'in', attribute: 'plan', values: ['free'] }], serve: { variant: 'off' } }]
    await app.api('PATCH', at, { rules, defaultServe: { variant: 'on', rollout: null } }, { 'if-match': '"v3"' })
    await app.api('POST', `${at}/kill`, { reason: 'errors' })
    const restored = await app.api('POST', `${at}/versions/2/restore`, { reason: 'was fine' }, { 'if-match': '"v4"' })
    expect(restored.status).toBe(200)
    expect(restored.headers.get('etag')).toBe('"v5"')
    expect(await restored.json()).toMatchObject({
      version: 5,
      rules: [],
      defaultServe: { rollout: { weight: 5_000 } },
      kill: { killed: true, reason: 'errors' },
    })
    const entry = await lastEntry()
    expect(entry).toMatchObject({
      action: 'configuration.restore',
      reason: 'was fine',
      version: 5,
      sentence: expect.stringMatching(/\(back to version 2\)$/),
    })
    expect(entry.after).toEqual((await json(app.api('GET', `${at}/versions/2`)))['configuration'])
  })

  it('come back only onto the version that was looked at', async () => {
    expect((await app.api('POST', `${at}/versions/1/restore`, {})).status).toBe(428)
    const stale = await app.api('POST', `${at}/versions/1/restore`, {}, { 'if-match': '"v2"' })
    expect(stale.status).toBe(409)
    expect(await stale.json()).toMatchObject({ error: { code: 'STALE_VERSION', details: { etag: '"v3"' } } })
  })

  it('go back by undo, as a new version, without naming one', async () => {
    const { id } = await lastEntry()
    const undone = await app.api('POST', `${at}/undo`, { entry: id })
    expect(await undone.json()).toMatchObject({ version: 4, defaultServe: { rollout: { weight: 5_000 } } })
    expect(await lastEntry()).toMatchObject({
      action: 'configuration.undo',
      sentence: `ramped ${key} in production from 25 % to 5 % (undo)`,
    })
    // And once more: the undo itself was a change.
    const again = await app.api('POST', `${at}/undo`, { entry: (await lastEntry()).id })
    expect(await again.json()).toMatchObject({ version: 5, defaultServe: { rollout: { weight: 25_000 } } })
  })

  it('do not go back once somebody edited since', async () => {
    const { id } = await lastEntry()
    await ramp(50_000, 3)
    const refused = await app.api('POST', `${at}/undo`, { entry: id })
    expect(refused.status).toBe(409)
    expect(await json(app.api('GET', at))).toMatchObject({ version: 4, share: 50_000 })
  })

  it('go back for thirty seconds of the database and no longer', async () => {
    const { id } = await lastEntry()
    const shift = (seconds: number) =>
      app.store.db
        .update(auditEntries)
        .set({ at: sql`now() - make_interval(secs => ${seconds})` })
        .where(eq(auditEntries.id, id))
    await shift(31)
    const refused = await app.api('POST', `${at}/undo`, { entry: id })
    expect(await refused.json()).toMatchObject({
      error: { code: 'TOO_LATE', message: expect.stringMatching(/version 2/) },
    })
    await shift(20)
    expect((await app.api('POST', `${at}/undo`, { entry: id })).status).toBe(200)
  })

  it('do not go back by the entry of another flag, or of a kill', async () => {
    await app.api('POST', `${at}/kill`, {})
    const kill = await lastEntry()
    expect((await app.api('POST', `${at}/undo`, { entry: kill.id })).status).toBe(404)
    expect((await app.api('POST', `${at}/undo`, { entry: '00000000-0000-4000-8000-000000000000' })).status).toBe(404)
    expect((await app.api('POST', `${at}/undo`, { entry: 'x' })).status).toBe(400)
  })
})
