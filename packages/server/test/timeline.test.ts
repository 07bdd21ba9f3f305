import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from '../src/access/secrets.ts'
import { apiTokens, auditEntries, markers } from '../src/db/schema/index.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const project = '/api/v1/projects/default'
const flags = `${project}/flags`
const production = (flag: string) => `${flags}/${flag}/environments/production`

interface Action {
  label: string
  will: string
  method: string
  path: string
  ifMatch: string | null
  body: object
  needsReason: boolean
  needsApproval: boolean
}
interface Item {
  id: string
  at: string
  kind: string
  sentence: string
  by: string
  flag: string | null
  undo: { state: string; action: Action | null } | null
}
interface Timeline {
  items: Item[]
  next: string | null
  total: number | null
  people: string[]
  services: string[]
  sources: string[]
}

describeOnBothStores('the time axis', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
    for (const flag of ['checkout', 'search']) await app.api('POST', flags, { key: flag })
    await app.api('POST', `${project}/markers`, { kind: 'deploy', label: '4f2c', service: 'web' })
    await ramp('checkout', 10_000, 1)
    await ramp('checkout', 25_000, 2)
    await app.api('POST', `${project}/markers`, { kind: 'deploy', label: '77', service: 'billing' })
    await app.api('POST', `${production('search')}/kill`, { reason: 'errors' })
    await app.api('PATCH', `${flags}/checkout/environments/staging`, { on: true }, { 'if-match': '"v1"' })
  })
  afterAll(() => app?.close())

  const ramp = (flag: string, weight: number, version: number) =>
    app.api(
      'PATCH',
      production(flag),
      { on: true, defaultServe: { rollout: { weight } } },
      { 'if-match': `"v${version}"` },
    )
  const read = async (query = '') => (await (await app.api('GET', `${project}/timeline${query}`)).json()) as Timeline
  const sentences = async (query: string) => (await read(query)).items.map(({ sentence }) => sentence)
  const send = ({ method, path, body, ifMatch }: Action, more: object = {}) =>
    app.api(method, path, { ...body, ...more }, ifMatch ? { 'if-match': ifMatch } : {})
  /** The newest change of a flag becomes older than an undo of thirty seconds. */
  const age = async (flag: string) => {
    const [item] = (await read(`?flag=${flag}&kind=change,kill,restore`)).items
    const older = sql`${auditEntries.at} - interval '40 seconds'`
    await app.store.db
      .update(auditEntries)
      .set({ at: older })
      .where(eq(auditEntries.flagId, sql`(select id from flags where key = ${flag})`))
    return item
  }

  it('shows changes, kills and deploys as one, newest first', async () => {
    const { items, total, next } = await read('?environment=production')
    expect(next).toBe(null)
    expect(total).toBe(7)
    expect(items).toMatchObject([
      { kind: 'kill', sentence: 'killed search in production', reason: 'errors', by: 'test admin', source: 'api' },
      { kind: 'deploy', sentence: 'deployed billing 77', service: 'billing', undo: null },
      { kind: 'change', sentence: 'ramped checkout in production from 10 % to 25 %', flag: 'checkout', version: 3 },
      { kind: 'change', version: 2 },
      { kind: 'deploy', sentence: 'deployed web 4f2c' },
      { kind: 'change', sentence: 'created the boolean flag search, off everywhere' },
      { kind: 'change', sentence: 'created the boolean flag checkout, off everywhere' },
    ])
  })

  it('is filtered; what has no such thing stays', async () => {
    expect(await sentences('?environment=production&service=web&kind=deploy')).toEqual(['deployed web 4f2c'])
    expect(await sentences('?environment=production&service=web&kind=deploy,kill')).toEqual([
      'killed search in production',
      'deployed web 4f2c',
    ])
    expect(await sentences('?flag=search')).toEqual([
      'killed search in production',
      'deployed billing 77',
      'deployed web 4f2c',
      'created the boolean flag search, off everywhere',
    ])
    expect(await sentences('?person=nobody')).toEqual([])
    expect(await sentences('?source=ui')).toEqual([])
    expect((await read('?source=api')).total).toBe(8)
    expect((await read('?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z')).items).toEqual([])
  })

  it('tells what it can be filtered by, whatever is filtered', async () => {
    expect(await read('?service=web&person=nobody')).toMatchObject({
      people: ['test admin'],
      services: ['billing', 'web'],
      sources: ['api'],
    })
  })

  it.each(['?limit=0', '?limit=1001', '?from=yesterday', '?kind=thing', '?after=x', '?colour=1'])(
    'refuses %s',
    async (query) => {
      expect((await app.api('GET', `${project}/timeline${query}`)).status).toBe(400)
    },
  )

  it('is read in pages without holes, also when everything happened at once', async () => {
    const same = new Date(Date.now() - 5_000)
    await app.store.db.update(auditEntries).set({ at: same })
    await app.store.db.update(markers).set({ at: same })
    const whole = await read()
    const paged: Item[] = []
    let next: string | null = null
    do {
      const page: Timeline = await read(`?limit=3${next === null ? '' : `&after=${encodeURIComponent(next)}`}`)
      expect(page.total === null).toBe(next !== null)
      paged.push(...page.items)
      next = page.next
    } while (next !== null)
    expect(paged.map(({ id }) => id)).toEqual(whole.items.map(({ id }) => id))
    expect(new Set(paged.map(({ id }) => id)).size).toBe(8)
  })

  it('undoes an edit: back to the share before, fresh or old', async () => {
    await app.api('POST', flags, { key: 'fresh' })
    await ramp('fresh', 10_000, 1)
    await ramp('fresh', 25_000, 2)
    const [item] = (await read('?flag=fresh&kind=change')).items
    expect(item?.undo).toMatchObject({
      state: 'possible',
      action: {
        label: 'Back to 10 %',
        will: 'ramp fresh in production from 25 % to 10 %',
        path: `${production('fresh')}/undo`,
        needsReason: false,
      },
    })
    await age('fresh')
    const [old, older] = (await read('?flag=fresh&kind=change')).items
    expect(older?.undo).toEqual({ state: 'superseded', action: null })
    expect(old?.undo?.action).toMatchObject({ path: `${production('fresh')}/versions/2/restore`, ifMatch: '"v3"' })
    const undone = await send(old?.undo?.action as Action, { reason: 'too many errors' })
    expect(await undone.json()).toMatchObject({ version: 4, share: 10_000 })
    const [restored, now] = (await read('?flag=fresh&kind=change')).items
    expect(restored?.sentence).toBe('ramped fresh in production from 25 % to 10 % (back to version 2)')
    expect(now?.undo).toEqual({ state: 'superseded', action: null })
  })

  it('undoes an archive while it is fresh, to what was served and killed before', async () => {
    await app.api('POST', flags, { key: 'gone' })
    await ramp('gone', 10_000, 1)
    await app.api('POST', `${production('gone')}/kill`, {})
    const archive = async () => {
      expect((await app.api('POST', `${flags}/gone/archive`, {})).status).toBe(200)
      return (await read('?flag=gone&kind=change')).items[0]
    }
    const first = await archive()
    expect(first?.undo?.action).toMatchObject({ label: 'Undo', will: 'take gone back out of the archive' })
    expect(await (await app.api('GET', `${project}/undo`)).json()).toMatchObject({
      lastChange: { sentence: 'archived gone', action: { path: `${flags}/gone/archive/undo` } },
    })
    expect(await (await send(first?.undo?.action as Action)).json()).toMatchObject({
      archivedAt: null,
      environments: { production: { defaultServe: { rollout: { weight: 10_000 } }, state: 'killed', version: 2 } },
    })
    const [taken, before] = (await read('?flag=gone&kind=change')).items
    expect(taken).toMatchObject({ sentence: 'took gone back out of the archive (undo)', undo: null })
    expect(before?.undo).toEqual({ state: 'done', action: null })
    // The first one is over, although it is still fresh and the flag is archived once more.
    const second = await archive()
    expect((await send(first?.undo?.action as Action)).status).toBe(404)
    await age('gone')
    expect((await read('?flag=gone&kind=change')).items[0]?.undo).toBe(null)
    const late = await send(second?.undo?.action as Action)
    expect(late.status).toBe(409)
    expect(await late.json()).toMatchObject({ error: { code: 'TOO_LATE' } })
  })

  it('does not bring a flag back whose segment is gone', async () => {
    await app.api('POST', `${project}/segments`, { key: 'crew', included: ['ada'] })
    await app.api('POST', flags, { key: 'named' })
    const rule = { conditions: [{ op: 'segment', values: ['crew'] }], serve: { variant: 'on' } }
    const edit = await app.api('PATCH', production('named'), { on: true, rules: [rule] }, { 'if-match': '"v1"' })
    expect(edit.status).toBe(200)
    await app.api('POST', `${flags}/named/archive`, {})
    const [archived] = (await read('?flag=named&kind=change')).items
    expect((await app.api('POST', `${project}/segments/crew/archive`, {})).status).toBe(200)
    const refused = await send(archived?.undo?.action as Action)
    expect(refused.status).toBe(400)
    expect(JSON.stringify(await refused.json())).toContain('crew')
  })

  it('undoes a kill by a restore, and a restore by a kill', async () => {
    await app.api('POST', flags, { key: 'killed' })
    await app.api('POST', `${production('killed')}/kill`, {})
    const [kill] = (await read('?flag=killed&kind=kill')).items
    expect(kill?.undo?.action).toMatchObject({ label: 'Restore', will: 'restore killed in production' })
    expect(await (await send(kill?.undo?.action as Action)).json()).toMatchObject({ killed: false })
    const [restore, before] = (await read('?flag=killed&kind=kill,restore')).items
    expect(before?.undo).toEqual({ state: 'done', action: null })
    expect(restore?.undo?.action).toMatchObject({ label: 'Kill again' })
    expect(await (await send(restore?.undo?.action as Action)).json()).toMatchObject({ killed: true })
  })

  it('undoes what a ramp did by the words of ramps', async () => {
    const at = `${production('ramped')}/ramp`
    await app.api('POST', flags, { key: 'ramped' })
    const steps = [10_000, 50_000, 100_000].map((weight) => ({ weight, soak: '1h' }))
    expect((await app.api('POST', at, { steps })).status).toBe(201)
    const last = async () => {
      const [item] = (await read('?flag=ramped&kind=ramp')).items
      return item?.undo?.action as Action
    }
    expect(await last()).toMatchObject({ label: 'Cancel the ramp', path: `${at}/cancel` })
    await app.api('POST', `${at}/start`, {})
    await app.api('POST', `${at}/advance`, {})
    expect(await last()).toMatchObject({
      label: 'Back to 10 %',
      will: 'roll ramped in production back from 50 % to 10 %',
      path: `${at}/rollback`,
    })
    const [, start] = (await read('?flag=ramped&kind=ramp')).items
    expect(start?.undo).toEqual({ state: 'superseded', action: null })
    const back = await send(await last())
    expect(await back.json()).toMatchObject({ state: 'rolled_back' })
    expect(await last()).toMatchObject({ label: 'Acknowledge' })
    await send(await last())
    expect(await last()).toMatchObject({ label: 'Resume' })
    await send(await last())
    await app.api('POST', `${at}/pause`, {})
    expect(await last()).toMatchObject({ label: 'Resume' })
    await app.api('POST', `${at}/cancel`, {})
    // It is over: only the shares it left behind can be put back.
    const [cancelled] = (await read('?flag=ramped&kind=ramp')).items
    expect(cancelled?.undo).toBe(null)
  })

  it('undoes what describes a flag, while nobody described it anew', async () => {
    await app.api('PATCH', `${flags}/search`, { owner: 'Ada' })
    await app.api('PATCH', `${flags}/search`, { name: 'Search' })
    const [name, owner] = (await read('?flag=search&kind=change')).items
    expect(owner?.undo?.action).toMatchObject({ method: 'PATCH', body: { owner: '' } })
    expect(await (await send(owner?.undo?.action as Action)).json()).toMatchObject({ owner: '', name: 'Search' })
    const [, , after] = (await read('?flag=search&kind=change')).items
    expect(after?.undo).toEqual({ state: 'superseded', action: null })
    expect(name?.undo?.state).toBe('possible')
  })

  it('undoes an edit of a segment by what was in it', async () => {
    const segment = `${project}/segments/staff`
    await app.api('POST', `${project}/segments`, { key: 'staff', included: ['ada'] })
    await app.api('POST', `${segment}/keys`, { add: ['lin'], remove: [] })
    const [item, created] = (await read('?kind=change')).items
    expect(created?.undo).toBe(null)
    expect(item?.undo?.action).toMatchObject({ path: segment, ifMatch: '"v2"', will: 'put the segment staff back' })
    expect(await (await send(item?.undo?.action as Action)).json()).toMatchObject({ included: ['ada'], version: 3 })
    const [, before] = (await read('?kind=change')).items
    expect(before?.undo).toEqual({ state: 'superseded', action: null })
  })

  it('says when an undo needs a reason and a second person', async () => {
    await app.api('POST', flags, { key: 'strict' })
    await ramp('strict', 10_000, 1)
    await app.api(
      'PATCH',
      production('strict'),
      { defaultServe: { rollout: { weight: 5_000 } } },
      { 'if-match': '"v2"' },
    )
    await age('strict')
    await app.api('PATCH', `${project}/environments/production`, { reasonRequired: true, approvalRequired: true })
    const [down] = (await read('?flag=strict&kind=change')).items
    expect(down?.undo?.action).toMatchObject({ label: 'Back to 10 %', needsReason: true, needsApproval: true })
    expect((await send(down?.undo?.action as Action, { reason: 'again' })).status).toBe(202)
    await app.api('PATCH', `${project}/environments/production`, { reasonRequired: false, approvalRequired: false })
  })

  it('knows the last change of each person for thirty seconds, and the request that takes it back', async () => {
    const last = async (authorization?: string) =>
      (await (await app.api('GET', `${project}/undo`, undefined, authorization ? { authorization } : {})).json()) as {
        lastChange: { entry: string; leftMs: number; sentence: string; action: Action } | null
      }
    await app.api('POST', flags, { key: 'last' })
    await ramp('last', 10_000, 1)
    const { lastChange } = await last()
    expect(lastChange).toMatchObject({
      sentence: 'turned on last in production and ramped it from 0 % to 10 %',
      action: { label: 'Turn off again', will: 'turn off last in production and ramp it from 10 % to 0 %' },
    })
    expect(lastChange?.leftMs).toBeGreaterThan(0)
    expect(lastChange?.leftMs).toBeLessThanOrEqual(30_000)
    const token = createSecret(SECRET_PREFIX.apiToken)
    await app.store.db
      .insert(apiTokens)
      .values({ name: 'Grace', prefix: visiblePrefix(token), hash: hashSecret(token) })
    expect(await last(`Bearer ${token}`)).toEqual({ lastChange: null })
    expect((await send(lastChange?.action as Action)).status).toBe(200)
    await age('last')
    expect(await last()).toEqual({ lastChange: null })
  })

  it('counts how far a kill has come', async () => {
    const [kill] = (await read('?flag=killed&kind=kill')).items
    const entry = await app.store.db.query.auditEntries.findFirst({ where: eq(auditEntries.id, kill?.id ?? '') })
    const { environmentId, revision } = entry ?? {}
    const delivered = (instance: string, confirmed: number | null) => sql`
      insert into kill_deliveries (environment_id, revision, instance, confirmed_ms)
      values (${environmentId}, ${revision}, ${instance}, ${confirmed})`
    await app.store.db.execute(delivered('a', 12))
    await app.store.db.execute(delivered('b', null))
    expect((await read('?flag=killed&kind=kill')).items[0]).toMatchObject({ delivery: { streams: 2, confirmed: 1 } })
  })
})
