import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'
type Json = Record<string, unknown>

describeOnBothStores('a configuration', (kind) => {
  let app: TestApp
  let path: string
  let count = 0
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())
  beforeEach(async () => {
    const key = `flag-${++count}`
    await app.api('POST', flags, { key })
    path = `${flags}/${key}/environments/production`
  })

  const edit = (version: number, patch: unknown) => app.api('PATCH', path, patch, { 'if-match': `"v${version}"` })
  const read = async () => (await (await app.api('GET', path)).json()) as Json
  const revisionOf = async (environment: string) => {
    const { projects } = (await (await app.api('GET', '/api/v1/projects')).json()) as {
      projects: { environments: { key: string; revision: number }[] }[]
    }
    return projects[0]?.environments.find(({ key }) => key === environment)?.revision ?? -1
  }

  it('is merged with the patch, and moves its environment by one revision and no other', async () => {
    const before = { production: await revisionOf('production'), staging: await revisionOf('staging') }
    const response = await edit(1, { on: true, defaultServe: { rollout: { weight: 25_000 } } })
    expect(response.headers.get('etag')).toBe('"v2"')
    expect(await response.json()).toMatchObject({
      on: true,
      defaultServe: { rollout: { weight: 25_000, split: [{ variant: 'on', weight: 100_000 }] } },
      version: 2,
      allocation: 2,
      revision: before.production + 1,
      state: 'ramping',
      share: 25_000,
      updatedBy: 'test admin',
    })
    expect(await revisionOf('production')).toBe(before.production + 1)
    expect(await revisionOf('staging')).toBe(before.staging)
  })

  it('changes from a rollout to one variant and back', async () => {
    const fixed = (await (await edit(1, { defaultServe: { variant: 'on', rollout: null } })).json()) as Json
    expect(fixed['defaultServe']).toEqual({ variant: 'on' })
    const rollout = { weight: 10, split: [{ variant: 'on', weight: 100_000 }] }
    const rolled = (await (await edit(2, { defaultServe: { variant: null, rollout } })).json()) as Json
    expect(rolled['defaultServe']).toEqual({ rollout })
  })

  it('takes lists whole and gives new rules an id', async () => {
    const conditions = [{ op: 'in', attribute: 'country', values: ['CH', 'AT'] }]
    const one = (await (await edit(1, { rules: [{ conditions, serve: { variant: 'on' } }] })).json()) as Json
    expect(one['rules']).toEqual([
      { id: expect.stringMatching(/^r_[0-9a-f]{12}$/), conditions, serve: { variant: 'on' } },
    ])
    const none = (await (await edit(2, { rules: [] })).json()) as Json
    expect(none['rules']).toEqual([])
  })

  it('keeps its version, and writes nothing, when the patch changes nothing', async () => {
    await edit(1, { on: true })
    const revision = await revisionOf('production')
    const response = await edit(2, { on: true, defaultServe: { rollout: { weight: 0 } }, reason: 'again' })
    expect(response.status).toBe(200)
    expect(response.headers.get('etag')).toBe('"v2"')
    expect(await revisionOf('production')).toBe(revision)
  })

  it('gets a new allocation only when people may move', async () => {
    const allocations: unknown[] = []
    for (const [index, patch] of [
      { on: true },
      { targets: [{ variant: 'on', keys: ['u1'] }] },
      { defaultServe: { rollout: { weight: 5 } } },
      { rules: [{ id: 'a', conditions: [], serve: { variant: 'off' } }] },
      { rules: [{ id: 'a', description: 'words', conditions: [], serve: { variant: 'off' } }] },
      { defaultServe: { rollout: { bucketBy: 'company' } } },
    ].entries()) {
      allocations.push(((await (await edit(index + 1, patch)).json()) as Json)['allocation'])
    }
    expect(allocations).toEqual([1, 1, 2, 3, 3, 4])
  })

  it('refuses an edit of an older version with the difference, and keeps the newer one', async () => {
    await edit(1, { on: true, defaultServe: { rollout: { weight: 5000 } } })
    const stale = await edit(1, { defaultServe: { rollout: { weight: 9000 } } })
    expect(stale.status).toBe(409)
    expect(await stale.json()).toMatchObject({
      error: {
        code: 'STALE_VERSION',
        message: expect.stringContaining('If-Match: "v2"'),
        details: {
          etag: '"v2"',
          yours: { defaultServe: { rollout: { weight: 9000 } } },
          current: { version: 2, defaultServe: { rollout: { weight: 5000 } } },
          difference: [{ path: 'defaultServe.rollout.weight', yours: 9000, current: 5000 }],
        },
      },
    })
    expect(await read()).toMatchObject({ version: 2, on: true })
  })

  it('edited by many at once takes one and refuses the others', async () => {
    const edits = [1000, 2000, 3000, 4000, 5000].map((weight) => edit(1, { defaultServe: { rollout: { weight } } }))
    const statuses = (await Promise.all(edits)).map((response) => response.status)
    expect(statuses.sort()).toEqual([200, 409, 409, 409, 409])
    expect(await read()).toMatchObject({ version: 2 })
  })

  it('of one flag can be edited everywhere at once while the flag itself changes', async () => {
    const base = path.replace(/\/production$/, '')
    const work = ['development', 'staging', 'production'].flatMap((environment) => [
      app.api('PATCH', `${base}/${environment}`, { on: true }, { 'if-match': '"v1"' }),
      app.api('POST', `${base}/${environment}/kill`),
    ])
    work.push(app.api('PATCH', base.replace(/\/environments$/, ''), { owner: 'all' }))
    expect((await Promise.all(work)).map((response) => response.status)).toEqual(Array.from({ length: 7 }, () => 200))
  })
})
