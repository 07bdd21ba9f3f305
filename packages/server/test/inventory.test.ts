// What keeps many flags in order: projects, environments, clones, changes of many, dependents, what is stale.
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const project = '/api/v1/projects/default'
const flags = `${project}/flags`

describeOnBothStores('inventory', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())

  async function call<T = Record<string, unknown>>(method: string, path: string, body?: unknown, headers = {}) {
    const response = await app.api(method, path, body, headers)
    return { status: response.status, body: (await response.json()) as T }
  }
  const errorOf = async (method: string, path: string, body?: unknown) => {
    const { body: answer } = await call<{ error: { code: string; message: string; details?: unknown } }>(
      method,
      path,
      body,
    )
    return answer.error
  }
  const lastSentence = async (key: string) => {
    const { body } = await call<{ entries: { sentence: string; environment: string | null }[] }>(
      'GET',
      `/api/v1/projects/${key}/audit?limit=1`,
    )
    return body.entries[0]
  }

  it('a project begins with three environments and a history of its own', async () => {
    const created = await call('POST', '/api/v1/projects', { key: 'shop', name: 'Shop' })
    expect(created).toMatchObject({
      status: 201,
      body: {
        key: 'shop',
        name: 'Shop',
        environments: [{ key: 'development' }, { key: 'staging' }, { key: 'production', production: true }],
      },
    })
    expect(await lastSentence('shop')).toMatchObject({ sentence: 'created the project shop' })
    expect((await call('POST', '/api/v1/projects/shop/flags', { key: 'own' })).status).toBe(201)
    expect((await call('GET', `${flags}/own`)).status).toBe(404)
    expect(await errorOf('POST', '/api/v1/projects', { key: 'shop', name: 'Again' })).toMatchObject({
      code: 'KEY_TAKEN',
    })
    expect(await errorOf('POST', '/api/v1/projects', { key: 'Shop!', name: 'x' })).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('small letters'),
    })
  })

  it('an environment has every flag, off, or as another environment has it', async () => {
    await call('POST', flags, { key: 'older' })
    await call('POST', `${project}/segments`, { key: 'staff', included: ['ann'] })
    const rules = [{ id: 'staff', conditions: [{ op: 'segment', values: ['staff'] }], serve: { variant: 'on' } }]
    await call('PATCH', `${flags}/older/environments/staging`, { on: true, rules }, { 'if-match': '"v1"' })
    await call('POST', `${flags}/older/environments/staging/kill`, {})

    const empty = await call('POST', `${project}/environments`, { key: 'preview', name: 'Preview' })
    expect(empty.body).toMatchObject({ environments: [{}, {}, {}, { key: 'preview', position: 3, production: false }] })
    expect((await call('GET', `${flags}/older/environments/preview`)).body).toMatchObject({
      on: false,
      rules: [],
      defaultServe: { rollout: { weight: 0, split: [{ variant: 'on', weight: 100_000 }] } },
      version: 1,
    })

    await call('POST', `${project}/environments`, { key: 'staging-2', name: 'Staging 2', copyFrom: 'staging' })
    // Whatever was killed was killed there, by somebody who looked at that environment.
    expect((await call('GET', `${flags}/older/environments/staging-2`)).body).toMatchObject({
      on: true,
      rules: [{ id: 'staff' }],
      kill: { killed: false },
    })
    expect(await lastSentence('default')).toMatchObject({
      sentence: 'created the environment staging-2 as a copy of staging',
      environment: 'staging-2',
    })
    expect(await errorOf('POST', `${project}/environments`, { key: 'preview', name: 'x' })).toMatchObject({
      code: 'KEY_TAKEN',
    })
    expect(
      await errorOf('POST', `${project}/environments`, { key: 'x', name: 'x', copyFrom: 'nowhere' }),
    ).toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('an environment is renamed, moved and marked as serving real users', async () => {
    const patch = { name: 'Pre-production', production: true, position: 1 }
    const edited = await call('PATCH', `${project}/environments/preview`, patch)
    expect(edited).toMatchObject({ status: 200, body: { key: 'preview', ...patch, reasonRequired: false } })
    expect(await lastSentence('default')).toMatchObject({
      sentence:
        'changed the name to Pre-production and said that real users are served and changed the place in lists in preview',
      environment: 'preview',
    })
    await call('PATCH', `${project}/environments/preview`, { production: false })
    expect(await errorOf('PATCH', `${project}/environments/preview`, { name: '' })).toMatchObject({
      code: 'INVALID_INPUT',
    })
  })

  it('an SDK of a new environment gets its flags and segments', async () => {
    const { body } = await call<{ key: string }>('POST', `${project}/environments/staging-2/sdk-keys`, {
      kind: 'server',
      name: 'shop',
    })
    const snapshot = () => app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${body.key}` } })
    // A replica that has not heard of the environment yet says "try again", and SDKs do.
    await expect.poll(async () => (await snapshot()).status, { timeout: 10_000 }).toBe(200)
    const response = await snapshot()
    const lines = (await response.text()).trim().split('\n')
    expect(lines.some((line) => line.includes('"older"'))).toBe(true)
    expect(lines.some((line) => line.includes('"staff"'))).toBe(true)
  })

  it('a flag that is created while an environment is has its place in it', async () => {
    const made = [...Array(8).keys()].map((at) => call('POST', flags, { key: `at-once-${at}` }))
    const place = call('POST', `${project}/environments`, { key: 'at-once', name: 'At once' })
    expect((await place).status).toBe(201)
    for (const { status, body } of await Promise.all(made)) {
      expect(status).toBe(201)
      expect((await call('GET', `${flags}/${body['key']}/environments/at-once`)).status).toBe(200)
    }
  })

  it('a clone has the rules and not the people, and is off', async () => {
    await call('POST', flags, { key: 'source', owner: 'shop', tags: ['cart'], kind: 'experiment', lifetimeDays: 7 })
    const patch = {
      on: true,
      targets: [{ variant: 'on', keys: ['ann'] }],
      defaultServe: { rollout: { weight: 5_000 } },
    }
    await call('PATCH', `${flags}/source/environments/production`, patch, { 'if-match': '"v1"' })
    const clone = await call('POST', `${flags}/source/clone`, { key: 'copy' })
    expect(clone).toMatchObject({
      status: 201,
      body: {
        key: 'copy',
        salt: 'copy',
        owner: 'shop',
        tags: ['cart'],
        kind: 'experiment',
        lifetimeDays: 7,
        expectedDays: 7,
        environments: {
          production: {
            on: false,
            version: 1,
            targets: patch.targets,
            defaultServe: { rollout: { weight: 5_000 } },
            kill: { killed: false },
          },
        },
      },
    })
    expect(await lastSentence('default')).toMatchObject({ sentence: 'cloned source as copy, off everywhere' })
    expect(await errorOf('POST', `${flags}/source/clone`, { key: 'copy' })).toMatchObject({ code: 'KEY_TAKEN' })
    expect(await errorOf('POST', `${flags}/missing/clone`, { key: 'other' })).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('kinds say how long a flag is expected to live, and a flag may know better', async () => {
    expect((await call('POST', flags, { key: 'release' })).body).toMatchObject({ lifetimeDays: null, expectedDays: 40 })
    expect((await call('PATCH', `${flags}/release`, { lifetimeDays: 0 })).body).toMatchObject({ expectedDays: null })
    expect((await call('PATCH', `${flags}/release`, { kind: 'ops', lifetimeDays: null })).body).toMatchObject({
      expectedDays: null,
    })
  })

  it('many flags are tagged and archived at once, and a refusal of one holds up no other', async () => {
    for (const key of ['many-a', 'many-b']) await call('POST', flags, { key, tags: ['old'] })
    const tagged = await call('POST', `${project}/bulk/tags`, {
      flags: ['many-a', 'missing', 'many-b'],
      add: ['cart'],
      remove: ['old'],
    })
    expect(tagged.body).toMatchObject({
      outcomes: [{ flag: 'many-a', ok: true }, { flag: 'missing', ok: false, code: 'NOT_FOUND' }, { ok: true }],
    })
    expect((await call('GET', `${flags}/many-b`)).body).toMatchObject({ tags: ['cart'] })
    await call('POST', `${project}/bulk/archive`, { flags: ['many-a', 'many-b'], reason: 'done' })
    expect((await call('GET', `${flags}/many-a`)).body['archivedAt']).not.toBeNull()
    expect(await errorOf('POST', flags, { key: 'many-a' })).toMatchObject({ code: 'KEY_ARCHIVED' })
  })

  it('copies what one environment serves to another, after showing what that changes', async () => {
    const place = `${flags}/copied/environments`
    await call('POST', flags, { key: 'copied' })
    const patch = {
      on: true,
      targets: [{ variant: 'on', keys: ['ann'] }],
      defaultServe: { rollout: null, variant: 'on' },
    }
    await call('PATCH', `${place}/staging`, patch, { 'if-match': '"v1"' })
    await call('POST', `${place}/staging/kill`, {})
    expect((await call('GET', `${place}/production/difference?from=staging`)).body).toMatchObject({
      from: 'staging',
      etag: '"v1"',
      sentence: expect.stringContaining('turned on copied in production'),
      difference: expect.arrayContaining([{ path: 'on', yours: true, current: false }]),
    })
    expect(await errorOf('POST', `${place}/production/copy`, { from: 'staging' })).toMatchObject({
      code: 'PRECONDITION_REQUIRED',
    })
    const copied = await call(
      'POST',
      `${place}/production/copy`,
      { from: 'staging', reason: 'tested' },
      { 'if-match': '"v1"' },
    )
    expect(copied.body).toMatchObject({
      version: 2,
      on: true,
      targets: patch.targets,
      defaultServe: { variant: 'on' },
      kill: { killed: false },
    })
    expect(copied.body['defaultServe']).not.toHaveProperty('rollout')
    expect(await lastSentence('default')).toMatchObject({
      sentence: expect.stringMatching(/\(copied from staging\)$/),
      environment: 'production',
    })
    expect((await call('GET', `${place}/production/difference?from=staging`)).body).toMatchObject({ difference: [] })
    const stale = await call('POST', `${place}/production/copy`, { from: 'development' }, { 'if-match': '"v1"' })
    expect(stale).toMatchObject({ status: 409, body: { error: { code: 'STALE_VERSION' } } })
    expect(await errorOf('GET', `${place}/production/difference?from=nowhere`)).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('says what depends on a flag, and refuses to archive it until nothing does', async () => {
    await call('POST', flags, { key: 'base' })
    await call('POST', flags, { key: 'upper' })
    const prerequisites = [{ flag: 'base', variants: ['on'] }]
    await call('PATCH', `${flags}/upper/environments/staging`, { prerequisites }, { 'if-match': '"v1"' })
    const dependents = [{ flag: 'upper', environment: 'staging', variants: ['on'] }]
    expect((await call('GET', `${flags}/base/dependents`)).body).toEqual({ dependents })
    expect(await errorOf('POST', `${flags}/base/archive`, {})).toMatchObject({
      code: 'IN_USE',
      message: expect.stringContaining('prerequisite of upper'),
      details: { dependents },
    })
    await call('POST', `${flags}/upper/archive`, {})
    expect((await call('POST', `${flags}/base/archive`, {})).status).toBe(200)
  })

  it('finds flags that nobody needs any more, with what to delete', async () => {
    await call('POST', flags, { key: 'decided' })
    await call(
      'PATCH',
      `${flags}/decided/environments/production`,
      { on: true, defaultServe: { rollout: { weight: 100_000 } } },
      { 'if-match': '"v1"' },
    )
    await call('POST', flags, { key: 'fresh' })
    const before = await call<{ flags: { flag: string }[] }>('GET', `${project}/stale`)
    expect(before.body.flags).toEqual([])

    const rest = sql`now() - interval '20 days'`
    await app.store.db.execute(sql`update flags set created_at = ${rest} where key = 'decided'`)
    await app.store.db.execute(
      sql`update flag_configurations set updated_at = ${rest} where flag_id = (select id from flags where key = 'decided')`,
    )
    expect((await call('GET', `${project}/stale`)).body).toMatchObject({
      flags: [
        { flag: 'decided', reason: 'decided', sentence: expect.stringContaining('for 20 days'), lastEvaluatedAt: null },
      ],
    })
  })
})
