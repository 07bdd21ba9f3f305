import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from '../src/access/secrets.ts'
import { verifyChain } from '../src/audit/chain.ts'
import { apiTokens, projects } from '../src/db/schema/index.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'
const production = '/api/v1/projects/default/environments/production'
const requests = `${production}/change-requests`
let count = 0

// oxlint-disable-next-line typescript/no-explicit-any -- answers are checked by what the tests expect of them
type Json = Record<string, any>
const json = async (response: Response | Promise<Response>) => (await (await response).json()) as Json

describeOnBothStores('an environment that wants a second person', (kind) => {
  let app: TestApp
  let grace: string
  let key: string
  let at: string
  beforeAll(async () => {
    app = await createTestApp(kind)
    const token = createSecret(SECRET_PREFIX.apiToken)
    await app.store.db
      .insert(apiTokens)
      .values({ name: 'Grace', prefix: visiblePrefix(token), hash: hashSecret(token) })
    grace = `Bearer ${token}`
    await app.api('PATCH', production, { approvalRequired: true })
  })
  afterAll(() => app?.close())
  beforeEach(async () => {
    key = `flag-${++count}`
    at = `${flags}/${key}/environments/production`
    await app.api('POST', flags, { key })
  })

  const edit = (patch: object, version: number) => app.api('PATCH', at, patch, { 'if-match': `"v${version}"` })
  const ramped = (weight: number) => ({ on: true, defaultServe: { rollout: { weight } }, reason: 'go' })
  const ask = async (weight = 5_000, version = 1) => json(edit(ramped(weight), version))
  const asGrace = (what: string, { id, version }: Json, body: object = {}) =>
    app.api('POST', `${requests}/${id}/${what}`, body, { 'if-match': `"v${version}"`, authorization: grace })
  const asAuthor = (what: string, { id, version }: Json, body: object = {}) =>
    app.api('POST', `${requests}/${id}/${what}`, body, { 'if-match': `"v${version}"` })
  const history = async () =>
    (await json(app.api('GET', `/api/v1/projects/default/audit?flag=${key}`)))['entries'] as Json[]

  it('makes a change request of an edit, and serves what it served', async () => {
    const answer = await edit(ramped(5_000), 1)
    expect(answer.status).toBe(202)
    const request = await json(answer)
    expect(answer.headers.get('location')).toBe(`${requests}/${request.id}`)
    expect(request).toMatchObject({
      state: 'open',
      flag: key,
      requestedBy: 'test admin',
      reason: 'go',
      outdated: false,
      sentence: `turn on ${key} in production and ramp it from 0 % to 5 %`,
      difference: [
        { path: 'on', before: false, after: true },
        { path: 'defaultServe.rollout.weight', before: 0, after: 5_000 },
      ],
    })
    expect(await json(app.api('GET', at))).toMatchObject({ version: 1, on: false })
    expect((await json(app.api('GET', `${requests}?state=open&flag=${key}`)))['changeRequests']).toMatchObject([
      { id: request.id },
    ])
    expect((await history())[0]).toMatchObject({ sentence: `asked to ${request.sentence}`, version: null })
  })

  it('checks the edit as it checks any other', async () => {
    const refused = await edit({ offVariant: 'purple' }, 1)
    expect(refused.status).toBe(400)
    expect((await edit(ramped(5_000), 7)).status).toBe(409)
  })

  it('applies it when a second person agrees, in the name of the first', async () => {
    const applied = await asGrace('approve', await ask())
    expect(await applied.json()).toMatchObject({ state: 'applied', approvedBy: 'Grace', appliedVersion: 2 })
    expect(await json(app.api('GET', at))).toMatchObject({ version: 2, on: true, share: 5_000 })
    expect((await history())[0]).toMatchObject({
      action: 'configuration.edit',
      actor: { name: 'test admin' },
      approvedBy: 'Grace',
      reason: 'go',
      sentence: `turned on ${key} in production and ramped it from 0 % to 5 %`,
    })
    expect((await json(app.api('GET', `${requests}?state=closed&flag=${key}`)))['changeRequests']).toHaveLength(1)
  })

  it('never lets its author agree', async () => {
    const refused = await asAuthor('approve', await ask())
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ error: { message: expect.stringMatching(/second person/) } })
  })

  it('can wait between agreeing and applying', async () => {
    const asked = await ask()
    expect((await asAuthor('apply', asked)).status).toBe(409)
    const approved = await json(asGrace('approve', asked, { apply: false }))
    expect(approved).toMatchObject({ state: 'approved', approvedBy: 'Grace' })
    expect(await json(app.api('GET', at))).toMatchObject({ version: 1 })
    expect(await json(asAuthor('apply', approved))).toMatchObject({ state: 'applied', appliedVersion: 2 })
  })

  it('takes an approval back when the request is edited, and asks somebody who did not write it', async () => {
    const approved = await json(asGrace('approve', await ask(), { apply: false }))
    const body = { baseVersion: 1, patch: { on: true, defaultServe: { rollout: { weight: 90_000 } } } }
    const edited = await app.api('PATCH', `${requests}/${approved['id']}`, body, {
      'if-match': `"v${approved['version']}"`,
      authorization: grace,
    })
    const request = await json(edited)
    expect(request).toMatchObject({
      state: 'open',
      approvedBy: null,
      authors: [{ name: 'test admin' }, { name: 'Grace' }],
    })
    expect((await asAuthor('apply', request)).status).toBe(409)
    // Grace wrote half of it now.
    expect((await asGrace('approve', request)).status).toBe(403)
    expect(await json(app.api('GET', at))).toMatchObject({ version: 1 })
  })

  it('does not take an approval of what somebody did not see', async () => {
    const asked = await ask()
    const body = { baseVersion: 1, patch: ramped(90_000) }
    const { reason: _, ...patch } = body.patch
    await app.api('PATCH', `${requests}/${asked['id']}`, { ...body, patch }, { 'if-match': '"v1"' })
    expect((await asGrace('approve', asked)).status).toBe(409)
    expect((await app.api('POST', `${requests}/${asked['id']}/approve`, {}, { authorization: grace })).status).toBe(428)
  })

  it('takes an approval back when the configuration is edited', async () => {
    const first = await json(asGrace('approve', await ask(5_000), { apply: false }))
    const second = await ask(10_000)
    await asGrace('approve', second)
    const now = await json(app.api('GET', `${requests}/${first['id']}`))
    expect(now).toMatchObject({ state: 'open', outdated: true, baseVersion: 1, currentVersion: 2, approvedBy: null })
    expect((await asAuthor('apply', now)).status).toBe(409)
    expect((await asGrace('approve', now)).status).toBe(409)
    const body = { baseVersion: 2 }
    const updated = await json(
      app.api('PATCH', `${requests}/${now['id']}`, body, { 'if-match': `"v${now['version']}"` }),
    )
    expect(updated).toMatchObject({ outdated: false, sentence: `ramp ${key} in production from 10 % to 5 %` })
    expect(await json(asGrace('approve', updated))).toMatchObject({ state: 'applied', appliedVersion: 3 })
  })

  it('is rejected with a reason, or withdrawn, and then it is over', async () => {
    const rejected = await json(asGrace('reject', await ask(), { reason: 'too early' }))
    expect(rejected).toMatchObject({ state: 'rejected', decidedBy: 'Grace', decisionReason: 'too early' })
    expect((await asGrace('approve', rejected)).status).toBe(409)
    const withdrawn = await json(asAuthor('withdraw', await ask()))
    expect(withdrawn).toMatchObject({ state: 'withdrawn' })
    expect((await asGrace('approve', withdrawn)).status).toBe(409)
    expect(await json(app.api('GET', at))).toMatchObject({ version: 1 })
  })

  it('never holds up a kill, a restore of a kill, or a ramp down', async () => {
    await asGrace('approve', await ask(25_000))
    expect((await app.api('POST', `${at}/kill`, {})).status).toBe(200)
    expect((await app.api('POST', `${at}/restore`, {})).status).toBe(200)
    expect((await edit({ defaultServe: { rollout: { weight: 5_000 } } }, 2)).status).toBe(200)
    expect((await edit({ on: false }, 3)).status).toBe(200)
    // Up again, or down with something else beside, waits.
    expect((await edit({ on: true }, 4)).status).toBe(202)
    expect((await edit({ defaultServe: { rollout: { weight: 1_000 } }, offVariant: 'on' }, 4)).status).toBe(202)
  })

  it('does not hold up the undo of what was served a moment ago', async () => {
    await asGrace('approve', await ask(25_000))
    const [entry] = await history()
    expect(await json(app.api('POST', `${at}/undo`, { entry: entry?.['id'] }))).toMatchObject({ version: 3, on: false })
  })

  it('asks for a restore of an earlier version too', async () => {
    await asGrace('approve', await ask(25_000))
    await edit({ on: false }, 2)
    const asked = await app.api('POST', `${at}/versions/2/restore`, {}, { 'if-match': '"v3"' })
    expect(asked.status).toBe(202)
    const request = await json(asked)
    expect(request).toMatchObject({ sentence: `turn on ${key} in production (back to version 2)` })
    expect(await json(asGrace('approve', request))).toMatchObject({ state: 'applied', appliedVersion: 4 })
    expect((await history())[0]).toMatchObject({ action: 'configuration.restore', approvedBy: 'Grace' })
  })

  it('is read in pages without holes, the latest first', async () => {
    await Promise.all([1_000, 2_000, 3_000].map((weight) => ask(weight)))
    const read = (query: string) => json(app.api('GET', `${requests}?flag=${key}${query}`))
    const whole = (await read(''))['changeRequests'] as Json[]
    const first = await read('&limit=2')
    const second = await read(`&limit=2&before=${first['next']}`)
    expect([first, second].flatMap((page) => page['changeRequests'])).toEqual(whole)
    expect(whole).toHaveLength(3)
    expect(second['next']).toBe(null)
  })

  it('approves once, however many press at once', async () => {
    const asked = await ask()
    const answers = await Promise.all([1, 2, 3, 4].map(() => asGrace('approve', asked)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    expect(await json(app.api('GET', at))).toMatchObject({ version: 2 })
  })

  it('lets a kill win that comes during an approval', async () => {
    const asked = await ask()
    const [killed, approved] = await Promise.all([app.api('POST', `${at}/kill`, {}), asGrace('approve', asked)])
    expect([killed.status, approved.status]).toEqual([200, 200])
    expect(await json(app.api('GET', at))).toMatchObject({ state: 'killed', version: 2 })
  })

  it('starts no ramp by whoever planned it', async () => {
    const steps = [10_000, 100_000].map((weight) => ({ weight, soak: '1h' }))
    await app.api('POST', `${at}/ramp`, { steps })
    const refused = await app.api('POST', `${at}/ramp/start`, {})
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({ error: { code: 'APPROVAL_REQUIRED' } })
    expect(await json(app.api('GET', at))).toMatchObject({ version: 1, on: false })
    const started = await app.api('POST', `${at}/ramp/start`, {}, { authorization: grace })
    expect(await started.json()).toMatchObject({ state: 'running' })
    expect(await json(app.api('GET', at))).toMatchObject({ on: true, share: 10_000 })
    // To stop it needs nobody.
    expect((await app.api('POST', `${at}/ramp/rollback`, { weight: 0 })).status).toBe(200)
  })

  it('leaves the other environments alone, and the history whole', async () => {
    const staging = `${flags}/${key}/environments/staging`
    expect((await app.api('PATCH', staging, { on: true }, { 'if-match': '"v1"' })).status).toBe(200)
    const [project] = await app.store.db.select().from(projects)
    expect(await verifyChain(app.store.db, project?.id ?? '')).toMatchObject({ intact: true })
  })
})

describeOnBothStores('an environment that wants reasons', (kind) => {
  let app: TestApp
  const at = `${flags}/a/environments/production`
  beforeAll(async () => {
    app = await createTestApp(kind)
    await app.api('POST', flags, { key: 'a' })
  })
  afterAll(() => app?.close())

  it('says so, and the history says who asked for it', async () => {
    const changed = await app.api('PATCH', production, { reasonRequired: true, reason: 'audit' })
    expect(changed.status).toBe(200)
    expect(await changed.json()).toMatchObject({ key: 'production', reasonRequired: true, approvalRequired: false })
    const audit = await json(app.api('GET', '/api/v1/projects/default/audit?limit=1'))
    expect(audit['entries'][0]).toMatchObject({
      action: 'environment.edit',
      sentence: 'demanded a reason for changes in production',
      reason: 'audit',
      before: { reasonRequired: false },
      after: { reasonRequired: true },
    })
    const projects = await json(app.api('GET', '/api/v1/projects'))
    expect(projects['projects'][0].environments[2]).toMatchObject({ reasonRequired: true })
  })

  it('refuses an edit without one, in no other environment', async () => {
    const refused = await app.api('PATCH', at, { on: true }, { 'if-match': '"v1"' })
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({
      error: { code: 'REASON_REQUIRED', message: expect.stringMatching(/production/) },
    })
    const blank = await app.api('PATCH', at, { on: true, reason: '  ' }, { 'if-match': '"v1"' })
    expect(blank.status).toBe(422)
    const staging = `${flags}/a/environments/staging`
    expect((await app.api('PATCH', staging, { on: true }, { 'if-match': '"v1"' })).status).toBe(200)
    expect((await app.api('PATCH', at, { on: true, reason: 'go' }, { 'if-match': '"v1"' })).status).toBe(200)
    expect((await app.api('POST', `${at}/versions/1/restore`, {}, { 'if-match': '"v2"' })).status).toBe(422)
    expect((await app.api('POST', `${flags}/a/archive`, {})).status).toBe(422)
  })

  it('never asks a kill or its restore for one', async () => {
    expect((await app.api('POST', `${at}/kill`, {})).status).toBe(200)
    expect((await app.api('POST', `${at}/restore`, {})).status).toBe(200)
  })

  it('refuses settings that it does not know', async () => {
    expect((await app.api('PATCH', production, { reasonNeeded: true })).status).toBe(400)
    expect(
      (await app.api('PATCH', '/api/v1/projects/default/environments/moon', { reasonRequired: true })).status,
    ).toBe(404)
  })
})
