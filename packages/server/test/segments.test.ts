import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

type Json = Record<string, unknown>
const segments = '/api/v1/projects/default/segments'
const flags = '/api/v1/projects/default/flags'

describeOnBothStores('segments', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())

  const call = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
    const response = await app.api(method, path, body, headers)
    return { status: response.status, body: (await response.json()) as Json }
  }
  const refusal = (answer: { body: Json }) =>
    answer.body['error'] as { code: string; message: string; details?: unknown }
  const revisions = async () => {
    const { body } = await call('GET', '/api/v1/projects')
    const [project] = body['projects'] as { environments: { revision: number }[] }[]
    return project?.environments.map(({ revision }) => revision)
  }

  it('move every environment of the project by one revision, with a sentence in the history', async () => {
    const before = await revisions()
    const created = await call('POST', segments, { key: 'beta', included: ['bob', 'ann', 'bob'], reason: 'trial' })
    expect(created).toMatchObject({
      status: 201,
      body: { included: ['ann', 'bob'], version: 1, usedBy: { flags: [] } },
    })
    expect(await revisions()).toEqual(before?.map((revision) => revision + 1))
    const { body } = await call('GET', '/api/v1/projects/default/audit?limit=1')
    expect(body['entries']).toMatchObject([{ sentence: 'created the segment beta', reason: 'trial' }])
  })

  it('take and lose keys without a version; the same again changes nothing', async () => {
    await call('POST', segments, { key: 'testers', included: ['ann'] })
    const added = await call('POST', `${segments}/testers/keys`, { add: ['cy', 'bob'], remove: ['ann', 'nobody'] })
    expect(added).toMatchObject({ status: 200, body: { included: 2, version: 2 } })
    expect((await call('POST', `${segments}/testers/keys`, { add: ['cy'] })).body).toMatchObject({ version: 2 })
    const { body } = await call('GET', '/api/v1/projects/default/audit?limit=1')
    expect(body['entries']).toMatchObject([{ sentence: 'added 2 keys to testers and removed 1 key from testers' }])
  })

  it('are edited from a version, and a stale edit shows the difference', async () => {
    await call('POST', segments, { key: 'edited' })
    const rules = [[{ op: 'endsWith', attribute: 'mail', values: ['@example.org'] }]]
    expect((await call('PATCH', `${segments}/edited`, { rules })).status).toBe(428)
    const first = await call('PATCH', `${segments}/edited`, { rules }, { 'if-match': '"v1"' })
    expect(first.body).toMatchObject({ rules, version: 2 })
    const stale = await call('PATCH', `${segments}/edited`, { name: 'Mine' }, { 'if-match': '"v1"' })
    expect(stale.status).toBe(409)
    expect(refusal(stale)).toMatchObject({
      code: 'STALE_VERSION',
      details: { etag: '"v2"', difference: [{ path: 'name', yours: 'Mine', current: '' }] },
    })
  })

  it('refuse circles, unknown segments, unreadable conditions and too many keys', async () => {
    await call('POST', segments, { key: 'inner' })
    await call('POST', segments, { key: 'outer', rules: [[{ op: 'segment', values: ['inner'] }]] })
    const circle = await call(
      'PATCH',
      `${segments}/inner`,
      { rules: [[{ op: 'segment', values: ['outer'] }]] },
      { 'if-match': '"v1"' },
    )
    expect(refusal(circle).message).toBe(
      'rules[0][0].values[0]: Segment "outer" is made of "inner" itself: that would be a circle.',
    )
    const unknown = await call('POST', segments, { key: 'x', rules: [[{ op: 'segment', values: ['nobody'] }]] })
    expect(refusal(unknown).message).toContain('There is no segment "nobody"')
    const unreadable = await call('POST', segments, {
      key: 'x',
      rules: [[{ op: 'inNetwork', attribute: 'ip', values: ['10.0.0.0/33'] }]],
    })
    expect(refusal(unreadable).message).toContain('networks like 192.0.2.0/24')
    const slow = await call('POST', segments, {
      key: 'x',
      rules: [[{ op: 'matches', attribute: 'a', values: ['^(a+)+$'] }]],
    })
    expect(refusal(slow)).toMatchObject({ code: 'INVALID_INPUT', details: [{ path: 'rules[0][0].values[0]' }] })
    const many = Array.from({ length: 60_000 }, (_, index) => `u${index}`)
    await call('POST', segments, { key: 'large', included: many })
    const tooMany = await call('POST', `${segments}/large/keys`, { add: many.map((key) => `x${key}`) })
    expect(tooMany.status).toBe(422)
    expect(refusal(tooMany)).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      details: { limit: 'SEGMENT_KEYS', actual: 120_000 },
    })
    expect((await call('GET', `${segments}/large`)).body['included']).toHaveLength(60_000)
  })

  it('cannot be archived while a flag names them, and their key is never used again', async () => {
    await call('POST', segments, { key: 'staff', included: ['ann'] })
    await call('POST', flags, { key: 'internal-tools' })
    const path = `${flags}/internal-tools/environments/production`
    const rule = { conditions: [{ op: 'segment', values: ['staff'] }], serve: { variant: 'on' } }
    const saved = await call('PATCH', path, { on: true, rules: [rule] }, { 'if-match': '"v1"' })
    expect(saved.status).toBe(200)
    const used = { flags: [{ flag: 'internal-tools', environments: ['production'] }], segments: [] }
    expect((await call('GET', `${segments}/staff`)).body).toMatchObject({ usedBy: used })
    const refused = await call('POST', `${segments}/staff/archive`, {})
    expect(refused.status).toBe(409)
    expect(refusal(refused)).toMatchObject({ code: 'IN_USE', details: used })

    await call('PATCH', path, { rules: [] }, { 'if-match': '"v2"' })
    expect((await call('POST', `${segments}/staff/archive`, {})).body['archivedAt']).not.toBeNull()
    expect(refusal(await call('POST', segments, { key: 'staff' })).code).toBe('KEY_ARCHIVED')
    const again = await call('PATCH', path, { rules: [rule] }, { 'if-match': '"v3"' })
    expect(refusal(again).message).toContain('Segment "staff" does not exist')
  })
})

describeOnBothStores('prerequisites', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
    for (const key of ['base', 'middle', 'top', 'other']) await app.api('POST', flags, { key })
  })
  afterAll(() => app?.close())

  const require = async (flag: string, version: number, prerequisites: unknown) => {
    const path = `${flags}/${flag}/environments/production`
    const response = await app.api('PATCH', path, { prerequisites }, { 'if-match': `"v${version}"` })
    return { status: response.status, body: (await response.json()) as Json }
  }

  it('are saved, said in the history, and refused as a circle that names the way', async () => {
    const saved = await require('middle', 1, [{ flag: 'base', variants: ['on'] }])
    expect(saved.body).toMatchObject({ prerequisites: [{ flag: 'base', variants: ['on'] }], version: 2, allocation: 1 })
    await require('top', 1, [{ flag: 'middle', variants: ['on', 'off'] }])
    const entries = (await (await app.api('GET', '/api/v1/projects/default/audit?limit=1')).json()) as Json
    expect(entries['entries']).toMatchObject([{ sentence: 'made top in production depend on middle being on or off' }])
    const circle = await require('base', 1, [{ flag: 'top', variants: ['on'] }])
    expect(circle.status).toBe(400)
    expect((circle.body['error'] as Json)['message']).toBe(
      'prerequisites[0].flag: This would be a circle: base needs top needs middle needs base. Take one of these prerequisites away.',
    )
  })

  it.each([
    ['itself', [{ flag: 'base', variants: ['on'] }], /circle: base needs base/],
    ['a flag that does not exist', [{ flag: 'nobody', variants: ['on'] }], /There is no flag "nobody"/],
    ['a variant that does not exist', [{ flag: 'other', variants: ['blue'] }], /no variant "blue".*on, off/],
    ['no variants', [{ flag: 'other', variants: [] }], /variants that are wanted/],
  ])('refuse %s', async (_, prerequisites, message) => {
    const refused = await require('base', 1, prerequisites)
    expect(refused.status).toBe(400)
    expect((refused.body['error'] as Json)['message']).toMatch(message)
  })
})
