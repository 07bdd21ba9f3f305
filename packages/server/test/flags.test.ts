import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'

describeOnBothStores('flags', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())

  const json = async (response: Promise<Response>) => (await response).json() as Promise<Record<string, unknown>>

  it('begin off everywhere, with a rollout that reaches nobody', async () => {
    const created = await app.api('POST', flags, { key: 'quiet', owner: 'shop', tags: ['cart'] })
    expect(created.status).toBe(201)
    const configuration = {
      on: false,
      offVariant: 'off',
      targets: [],
      rules: [],
      defaultServe: { rollout: { weight: 0, split: [{ variant: 'on', weight: 100_000 }] } },
      version: 1,
      allocation: 1,
      state: 'off',
      share: 0,
      kill: { killed: false, at: null, by: null, reason: null, revision: 0 },
    }
    expect(await created.json()).toMatchObject({
      key: 'quiet',
      type: 'boolean',
      salt: 'quiet',
      variants: [
        { name: 'on', value: true },
        { name: 'off', value: false },
      ],
      owner: 'shop',
      kind: 'release',
      clientVisible: false,
      archivedAt: null,
      environments: { development: configuration, staging: configuration, production: configuration },
    })
  })

  it('of other types bring their variants; the one named off, or the first, is served when off', async () => {
    const variants = [
      { name: 'blue', value: '#00f' },
      { name: 'green', value: '#0f0' },
    ]
    const flag = await json(app.api('POST', flags, { key: 'colour', type: 'string', variants, salt: 'imported-salt' }))
    expect(flag).toMatchObject({
      variants,
      salt: 'imported-salt',
      environments: { staging: { offVariant: 'blue', defaultServe: { rollout: { split: [{ variant: 'green' }] } } } },
    })
  })

  it('change what describes them, and a change of nothing writes nothing', async () => {
    await app.api('POST', flags, { key: 'described' })
    const before = await json(app.api('GET', '/api/v1/projects/default/audit?flag=described'))
    const changed = await app.api('PATCH', `${flags}/described`, { owner: 'payments', reason: 'moved' })
    expect(await changed.json()).toMatchObject({ owner: 'payments', salt: 'described' })
    expect((await app.api('PATCH', `${flags}/described`, { owner: 'payments' })).status).toBe(200)
    const after = await json(app.api('GET', '/api/v1/projects/default/audit?flag=described'))
    expect((before['entries'] as unknown[]).length).toBe(1)
    expect(after['entries']).toMatchObject([
      {
        sentence: 'changed the owner of described',
        reason: 'moved',
        before: { owner: '' },
        after: { owner: 'payments' },
      },
      { action: 'flag.create' },
    ])
  })

  it('never change key, type, variants or salt', async () => {
    await app.api('POST', flags, { key: 'fixed' })
    for (const patch of [{ key: 'x' }, { type: 'string' }, { variants: [] }, { salt: 'x' }]) {
      expect((await app.api('PATCH', `${flags}/fixed`, patch)).status).toBe(400)
    }
    expect(await json(app.api('GET', `${flags}/fixed`))).toMatchObject({ key: 'fixed', salt: 'fixed' })
  })

  it('are listed with the state of each environment and their last change', async () => {
    await app.api('POST', flags, { key: 'listed', reason: 'new' })
    await app.api('POST', `${flags}/listed/environments/staging/kill`, { reason: 'slow' })
    const list = (await json(app.api('GET', flags)))['flags'] as { key: string }[]
    expect(list.find((flag) => flag.key === 'listed')).toMatchObject({
      lastChange: { by: 'test admin', sentence: 'killed listed in staging', environment: 'staging' },
      environments: {
        production: { state: 'off', share: 0, on: false, killed: false, killedBy: null, version: 1 },
        staging: { state: 'killed', killed: true, killedBy: 'test admin', killedReason: 'slow', version: 1 },
      },
    })
    // Times are told by another road than those of one flag, and must be the same to the millisecond.
    const one = await json(app.api('GET', `${flags}/listed`))
    const there = (one['environments'] as Record<string, { updatedAt: string; kill: { at: string } }>)['staging']
    expect(list.find((flag) => flag.key === 'listed')).toMatchObject({
      createdAt: one['createdAt'],
      archivedAt: null,
      lastChange: { at: expect.stringMatching(/T.*\.\d{3}Z$/) },
      environments: { staging: { updatedAt: there?.updatedAt, killedAt: there?.kill.at } },
    })
  })

  it('are listed with their variants for those who ask', async () => {
    await app.api('POST', flags, { key: 'sized', type: 'number', variants: [{ name: 'small', value: 20 }] })
    const find = async (query: string) => {
      const list = (await json(app.api('GET', flags + query)))['flags'] as { key: string; variants?: unknown }[]
      return list.find(({ key }) => key === 'sized')
    }
    expect(await find('?include=variants')).toMatchObject({
      variants: [{ name: 'small', value: 20 }],
      environments: { production: { offVariant: 'small' } },
    })
    expect(await find('')).not.toHaveProperty('variants')
    expect((await app.api('GET', `${flags}?include=rules`)).status).toBe(400)
  })

  it('are listed by key, only the first of them for who asks so', async () => {
    const keysOf = async (query: string) =>
      ((await json(app.api('GET', flags + query)))['flags'] as { key: string; environments: object }[]).map(
        ({ key, environments }) => ({ key, places: Object.keys(environments) }),
      )
    for (const key of ['aa-second', 'aa-first']) await app.api('POST', flags, { key })
    const places = ['development', 'staging', 'production']
    expect(await keysOf('?limit=2')).toEqual([
      { key: 'aa-first', places },
      { key: 'aa-second', places },
    ])
    expect((await keysOf('')).slice(0, 2)).toEqual(await keysOf('?limit=2'))
    for (const limit of ['0', '-1', '1001', '1.5', 'all']) {
      expect((await app.api('GET', `${flags}?limit=${limit}`)).status).toBe(400)
    }
  })

  it('leave the list when they are archived, stay readable, and refuse every change', async () => {
    await app.api('POST', flags, { key: 'done' })
    const archived = await app.api('POST', `${flags}/done/archive`, { reason: 'won' })
    expect(await archived.json()).toMatchObject({ key: 'done', archivedAt: expect.stringMatching(/Z$/) })
    const production = `${flags}/done/environments/production`
    const attempts = [
      app.api('PATCH', `${flags}/done`, { owner: 'x' }),
      app.api('PATCH', production, { on: true }, { 'if-match': '"v1"' }),
      app.api('POST', `${production}/kill`),
    ]
    for (const response of await Promise.all(attempts)) {
      expect(response.status).toBe(409)
      expect(await response.json()).toMatchObject({ error: { code: 'ARCHIVED' } })
    }
    expect((await app.api('POST', `${flags}/done/archive`)).status).toBe(200)
    const listed = (await json(app.api('GET', flags)))['flags'] as { key: string }[]
    expect(listed.some((flag) => flag.key === 'done')).toBe(false)
    const keys = (await json(app.api('GET', '/api/v1/projects/default/flag-keys')))['flags']
    expect(keys).toEqual((listed as { key: string; name?: string }[]).map(({ key, name }) => ({ key, name })))
    const old = (await json(app.api('GET', `${flags}?archived=true`)))['flags'] as { key: string }[]
    expect(old.map((flag) => flag.key)).toEqual(['done'])
    const history = (await json(app.api('GET', '/api/v1/projects/default/audit?flag=done')))['entries'] as unknown[]
    expect(history).toHaveLength(2)
  })

  describe('created twice at the same moment', () => {
    it('exist once', async () => {
      const responses = await Promise.all([1, 2, 3].map(() => app.api('POST', flags, { key: 'race' })))
      expect(responses.map((response) => response.status).sort()).toEqual([201, 409, 409])
    })
  })
})
