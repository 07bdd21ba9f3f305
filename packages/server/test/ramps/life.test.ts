import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { environments, flagConfigurations } from '../../src/db/schema/index.ts'
import { advanceDueRamp } from '../../src/ramps/advance-due-ramp.ts'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'
import { type GivenRamp, givenFlag, type Json, letPass, STEPS } from './given.ts'

describeOnBothStores('a ramp', (kind) => {
  let app: TestApp
  let ramp: GivenRamp
  let count = 0
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())
  beforeEach(async () => {
    ramp = await givenFlag(app.api, `flag-${++count}`)
  })

  const pass = (seconds: number) => letPass(app.store.db, ramp.key, seconds)
  const tick = () => advanceDueRamp(app.store.db)
  const edit = async (patch: unknown) => {
    const { version } = await ramp.configuration()
    const response = await app.api('PATCH', ramp.path, patch, { 'if-match': `"v${version}"` })
    return { status: response.status, ...((await response.json()) as Json) }
  }

  it('is planned, started, advances by itself, and is complete', async () => {
    const steps = STEPS.map((step) => ({ ...step, approval: false }))
    expect(await ramp.post('', { steps })).toMatchObject({ status: 201, state: 'draft', step: -1 })
    expect(await ramp.configuration()).toMatchObject({ on: false, state: 'off', version: 1 })
    expect(await ramp.post('start')).toMatchObject({ status: 200, state: 'running', step: 0, weight: 5000 })
    expect(await ramp.configuration()).toMatchObject({ on: true, state: 'ramping', share: 5000, version: 2 })
    expect(await tick()).toBeUndefined()

    for (const [seconds, weight] of [
      [61, 25_000],
      [601, 50_000],
      [3601, 100_000],
    ] as const) {
      await pass(seconds)
      expect(await tick()).toBeTypeOf('string')
      expect(await ramp.read()).toMatchObject({ state: 'running', weight })
    }
    expect(await tick()).toBeTypeOf('string')
    expect(await ramp.read()).toMatchObject({ state: 'completed', next: { does: 'nothing' }, can: [] })
    expect(await ramp.configuration()).toMatchObject({ on: true, state: 'on', share: 100_000 })
    expect(await tick()).toBeUndefined()

    const key = ramp.key
    expect(await ramp.history()).toEqual([
      { sentence: `finished the ramp of ${key} in production at 100 %`, via: 'ramp', by: 'ramp' },
      { sentence: `ramped ${key} in production from 50 % to 100 %`, via: 'ramp', by: 'ramp' },
      { sentence: `ramped ${key} in production from 25 % to 50 %`, via: 'ramp', by: 'ramp' },
      { sentence: `ramped ${key} in production from 5 % to 25 %`, via: 'ramp', by: 'ramp' },
      {
        sentence: `started the ramp of ${key} in production and ramped it from 0 % to 5 %`,
        via: 'api',
        by: 'test admin',
      },
      { sentence: `planned a ramp of ${key} in production: 5 %, 25 %, 50 %, 100 %`, via: 'api', by: 'test admin' },
      expect.objectContaining({ sentence: expect.stringContaining('created') }),
    ])
  })

  it('says what comes next, when, and what it found', async () => {
    await ramp.post('', { steps: STEPS })
    const started = await ramp.post('start', { reason: 'release 12' })
    const at = (started['next'] as Json)['at'] as string
    expect(started).toMatchObject({
      next: { does: 'step', step: 1, weight: 25_000, waitsFor: 'soak', sentence: 'Next 25 %. 5 % soaks for 1 min.' },
      soakEndsAt: at,
      evidence: [{ gate: 'soak', passed: false, opensAt: at }],
      steps: [{ status: 'here' }, { status: 'ahead' }, { status: 'ahead', approval: true }, { status: 'ahead' }],
    })
    expect(Math.abs(new Date(at).getTime() - Date.now() - 60_000)).toBeLessThan(30_000)
    await pass(61)
    await tick()
    const { history } = (await ramp.read()) as { history: Json[] }
    expect(history.at(-1)).toMatchObject({
      event: 'step',
      evidence: [{ gate: 'soak', passed: true, sentence: '5 % has been served for its 1 min.' }],
    })
    expect(history[1]).toMatchObject({ event: 'start', reason: 'release 12', evidence: [] })

    const list = (await (await app.api('GET', '/api/v1/projects/default/ramps')).json()) as { ramps: Json[] }
    expect(list.ramps).toContainEqual(
      expect.objectContaining({ flag: ramp.key, environment: 'production', weight: 25_000, stepCount: 4 }),
    )
    const flags = (await (await app.api('GET', '/api/v1/projects/default/flags')).json()) as { flags: Json[] }
    const line = flags.flags.find(({ key }) => key === ramp.key) as { environments: Record<string, Json> }
    expect(line.environments['production']).toMatchObject({ state: 'ramping', ramp: { next: { weight: 50_000 } } })
    expect(line.environments['staging']).toMatchObject({ state: 'off', ramp: null })
  })

  it('waits for an approval, and for the soak however early the approval came', async () => {
    await ramp.post('', { steps: STEPS })
    await ramp.post('start')
    await ramp.post('advance')
    await pass(601)
    await tick()
    expect(await ramp.read()).toMatchObject({ state: 'holding', holdReason: 'approval', weight: 25_000 })
    expect(await ramp.configuration()).toMatchObject({ state: 'held' })
    expect(await ramp.post('approve')).toMatchObject({ state: 'running' })
    await tick()
    expect(await ramp.read()).toMatchObject({ state: 'running', weight: 50_000, step: 2 })
    expect(((await ramp.read())['history'] as Json[]).at(-1)).toMatchObject({
      evidence: [{ gate: 'soak' }, { gate: 'approval', passed: true, sentence: 'test admin approved 50 %.' }],
    })

    const other = await givenFlag(app.api, `${ramp.key}-early`)
    await other.post('', { steps: STEPS })
    await other.post('start')
    expect(await other.post('approve', { weight: 50_000 })).toMatchObject({ state: 'running', weight: 5000 })
    expect(await other.post('approve')).toMatchObject({ status: 409 })
    expect((await other.read())['steps']).toMatchObject([{}, {}, { approvedBy: 'test admin' }, {}])
  })

  it('keeps the soak over a pause, and takes back the share that somebody set meanwhile', async () => {
    await ramp.post('', { steps: STEPS })
    await ramp.post('start')
    await pass(40)
    expect(await ramp.post('pause')).toMatchObject({ state: 'holding', holdReason: 'paused', can: expect.anything() })
    await pass(3600)
    expect(await tick()).toBeUndefined()
    expect(await edit({ defaultServe: { rollout: { weight: 7000 } } })).toMatchObject({ status: 200, state: 'held' })
    const resumed = await ramp.post('resume')
    expect(resumed).toMatchObject({ state: 'running', weight: 5000, step: 0 })
    const leftMs = new Date(resumed['soakEndsAt'] as string).getTime() - Date.now()
    expect(leftMs).toBeGreaterThan(-10_000)
    expect(leftMs).toBeLessThan(21_000)
  })

  it('pauses once, however often somebody presses it', async () => {
    await ramp.post('', { steps: STEPS })
    await ramp.post('start')
    await Promise.all([ramp.post('pause'), ramp.post('pause'), ramp.post('pause')])
    const history = await ramp.history()
    expect(history.filter(({ sentence }) => sentence.startsWith('paused'))).toHaveLength(1)
  })

  it('goes to any later step by hand, and back to any earlier one or to nobody', async () => {
    await ramp.post('', { steps: STEPS })
    await ramp.post('start')
    expect(await ramp.post('advance', { weight: 50_000 })).toMatchObject({ state: 'running', step: 2, weight: 50_000 })
    expect(await ramp.post('advance', { step: 1 })).toMatchObject({ status: 409 })
    expect(await ramp.post('advance', { weight: 33_000 })).toMatchObject({ status: 400 })
    expect(await ramp.post('rollback', { step: 0, reason: 'slow' })).toMatchObject({
      state: 'rolled_back',
      step: 0,
      weight: 5000,
    })
    await pass(100_000)
    expect(await tick()).toBeUndefined()
    expect(await ramp.post('rollback', { weight: 0 })).toMatchObject({ state: 'rolled_back', step: -1, weight: 0 })
    expect(await edit({ defaultServe: { rollout: { weight: 1000 } } })).toMatchObject({ status: 409 })
    expect(await ramp.post('acknowledge')).toMatchObject({ state: 'holding', holdReason: 'acknowledged' })
    expect(await ramp.post('resume')).toMatchObject({ state: 'running', step: -1 })
    await tick()
    expect(await ramp.read()).toMatchObject({ state: 'running', step: 0, weight: 5000 })
  })

  it('alone decides who gets what while it runs', async () => {
    await ramp.post('', { steps: STEPS })
    await ramp.post('start')
    for (const patch of [
      { defaultServe: { rollout: { weight: 9000 } } },
      { on: false },
      { offVariant: 'on' },
      { rules: [{ conditions: [], serve: { variant: 'on' } }] },
    ]) {
      expect(await edit(patch)).toMatchObject({
        status: 409,
        error: { code: 'RAMP_ACTIVE', message: expect.stringContaining('Pause or cancel it first') },
      })
    }
    expect(await edit({ targets: [{ variant: 'on', keys: ['ada'] }] })).toMatchObject({ status: 200 })
    const archive = await app.api('POST', `/api/v1/projects/default/flags/${ramp.key}/archive`, {})
    expect(archive.status).toBe(409)
    await ramp.post('cancel')
    expect(await edit({ defaultServe: { rollout: { weight: 9000 } } })).toMatchObject({ status: 200, share: 9000 })
  })

  it('is held by a kill at once, takes no step, and waits for a person after the restore', async () => {
    await ramp.post('', { steps: STEPS })
    await ramp.post('start')
    await pass(3600)
    await ramp.kill('kill')
    // Nobody has written the hold down yet; everybody sees it.
    expect(await ramp.read()).toMatchObject({ state: 'holding', holdReason: 'killed', weight: 5000 })
    expect(await tick()).toBeTypeOf('string')
    expect(await tick()).toBeUndefined()
    expect(await ramp.post('resume')).toMatchObject({
      status: 409,
      error: { message: expect.stringMatching(/Restore/) },
    })
    await ramp.kill('restore')
    expect(await tick()).toBeUndefined()
    expect(await ramp.configuration()).toMatchObject({ state: 'held', share: 5000 })
    const resumed = await ramp.post('resume')
    expect(resumed).toMatchObject({ state: 'running', weight: 5000 })
    // Nobody was served meanwhile: the soak begins anew.
    expect(new Date(resumed['soakEndsAt'] as string).getTime() - Date.now()).toBeGreaterThan(40_000)
    expect((await ramp.history()).map(({ sentence }) => sentence).slice(0, 4)).toEqual([
      `resumed the ramp of ${ramp.key} in production at 5 %`,
      `restored ${ramp.key} in production`,
      `held the ramp of ${ramp.key} in production at 5 %: it was killed`,
      `killed ${ramp.key} in production`,
    ])
  })

  it('stays held when kill and restore came between two looks', async () => {
    await ramp.post('', { steps: STEPS })
    await ramp.post('start')
    await pass(3600)
    await ramp.kill('kill')
    await ramp.kill('restore')
    await tick()
    expect(await ramp.read()).toMatchObject({ state: 'holding', holdReason: 'killed', weight: 5000 })
  })

  it('cannot be started on a flag that is killed, and can be rolled back there', async () => {
    await ramp.post('', { steps: STEPS })
    await ramp.kill('kill')
    expect(await ramp.post('start')).toMatchObject({ status: 409 })
    await ramp.kill('restore')
    await ramp.post('start')
    await ramp.kill('kill')
    expect(await ramp.post('rollback', { weight: 0 })).toMatchObject({ state: 'rolled_back', weight: 0 })
  })

  it('begins at its start time and within its hours', async () => {
    const later = new Date(Date.now() + 3600_000).toISOString()
    await ramp.post('', { steps: STEPS, startAt: later })
    expect(await ramp.post('start')).toMatchObject({
      state: 'running',
      step: -1,
      next: { weight: 5000, at: later, waitsFor: 'start' },
    })
    expect(await ramp.configuration()).toMatchObject({ on: false, state: 'ramping' })
    expect(await edit({ on: true })).toMatchObject({ status: 409 })
    await app.store.db.execute(
      sql`update ramps set plan = jsonb_set(plan, '{startAt}', '"2020-01-01T00:00:00Z"'), due_at = '2020-01-01'
          where flag_id = (select id from flags where key = ${ramp.key})`,
    )
    await tick()
    expect(await ramp.configuration()).toMatchObject({ on: true, share: 5000 })

    const closed = await givenFlag(app.api, `${ramp.key}-closed`)
    const tomorrow = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'][
      (new Date().getUTCDay() + 2) % 7
    ]
    const windows = [{ days: [tomorrow], from: '09:00', to: '10:00' }]
    await closed.post('', { steps: STEPS, windows, timeZone: 'UTC' })
    await closed.post('start')
    await letPass(app.store.db, closed.key, 3600)
    await tick()
    expect(await closed.read()).toMatchObject({ state: 'running', weight: 5000, next: { waitsFor: 'window' } })
    expect(await tick()).toBeUndefined()
  })

  it('ramps a rule, and holds with the reason when that has gone', async () => {
    const serve = { rollout: { weight: 0, split: [{ variant: 'on', weight: 100_000 }] } }
    const conditions = [{ op: 'in', attribute: 'country', values: ['CH'] }]
    await edit({ rules: [{ id: 'swiss', conditions, serve }] })
    expect(await ramp.post('', { steps: STEPS, rule: 'german' })).toMatchObject({ status: 400 })
    await ramp.post('', { steps: STEPS, rule: 'swiss' })
    await ramp.post('start')
    expect(await ramp.configuration()).toMatchObject({
      rules: [{ id: 'swiss', serve: { rollout: { weight: 5000 } } }],
      defaultServe: { rollout: { weight: 0 } },
    })
    // Behind the API: people cannot do this while it runs.
    await app.store.db
      .update(flagConfigurations)
      .set({ rules: [] })
      .where(eq(flagConfigurations.flagId, sql`(select id from flags where key = ${ramp.key})`))
    await pass(61)
    await tick()
    expect(await ramp.read()).toMatchObject({
      state: 'holding',
      holdReason: 'failed',
      holdNote: expect.stringContaining('gone'),
    })
    expect(await tick()).toBeUndefined()
    expect(await ramp.post('resume')).toMatchObject({ status: 409 })
    expect(await ramp.post('cancel')).toMatchObject({ state: 'cancelled' })
  })

  it('is never started below what is served already', async () => {
    await edit({ on: true, defaultServe: { rollout: { weight: 10_000 } } })
    await ramp.post('', { steps: STEPS })
    expect(await ramp.post('start')).toMatchObject({
      status: 409,
      error: { message: expect.stringContaining('10 % is served already') },
    })
    await ramp.post('', { steps: STEPS.slice(1) })
    expect(await ramp.post('start')).toMatchObject({ status: 200, weight: 25_000 })
  })

  it('asks for a second person and for a reason where the environment does', async () => {
    const rules = { approvalRequired: true, reasonRequired: true }
    await app.store.db.update(environments).set(rules).where(eq(environments.key, 'production'))
    try {
      expect(await ramp.post('', { steps: STEPS })).toMatchObject({ error: { code: 'REASON_REQUIRED' } })
      await ramp.post('', { steps: STEPS, reason: 'release 12' })
      const rampId = (await ramp.read())['id']
      expect(await ramp.post('start', { reason: 'now' })).toMatchObject({
        status: 409,
        error: { code: 'APPROVAL_REQUIRED' },
      })
      await app.store.db.execute(sql`update ramp_transitions set actor = '{"kind":"person","id":"ada","name":"Ada"}'`)
      expect(await ramp.post('start')).toMatchObject({ error: { code: 'REASON_REQUIRED' } })
      expect(await ramp.post('start', { reason: 'now' })).toMatchObject({ status: 200, state: 'running' })
      await pass(61)
      await tick()
      expect(await ramp.read()).toMatchObject({ weight: 25_000 })
      await app.store.db.execute(sql`update ramp_transitions set actor = (select actor from ramp_transitions
        where event = 'start' and ramp_id = ${rampId} limit 1) where ramp_id = ${rampId}`)
      expect(await ramp.post('approve', { reason: 'mine' })).toMatchObject({ error: { code: 'APPROVAL_REQUIRED' } })
      expect(await ramp.post('advance', { reason: 'mine' })).toMatchObject({ error: { code: 'APPROVAL_REQUIRED' } })
      expect(await ramp.post('rollback', { weight: 0 })).toMatchObject({ state: 'rolled_back' })
    } finally {
      const none = { approvalRequired: false, reasonRequired: false }
      await app.store.db.update(environments).set(none).where(eq(environments.key, 'production'))
    }
  })

  // The embedded database has the clock of its process.
  it.runIf(kind === 'postgres')("goes by the database's clock, whatever the replica believes", async () => {
    await ramp.post('', { steps: STEPS })
    await ramp.post('start')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3600_000 })
    try {
      expect(await tick()).toBeUndefined()
      await pass(61)
      vi.setSystemTime(Date.now() - 7200_000)
      expect(await tick()).toBeTypeOf('string')
    } finally {
      vi.useRealTimers()
    }
  })

  it('keeps its arms countable: SDKs are told of it from the first step to the end', async () => {
    const keys = '/api/v1/projects/default/environments/production/sdk-keys'
    const { key: sdkKey } = (await (await app.api('POST', keys, { kind: 'server', name: 'shop' })).json()) as Json
    const served = async () => {
      const response = await app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${sdkKey}` } })
      const lines = (await response.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Json)
      return lines.map((line) => line['flag'] as Json).find((flag) => flag?.['key'] === ramp.key)
    }
    await ramp.post('', { steps: STEPS })
    await vi.waitFor(async () => expect(await served()).toMatchObject({ allocation: 1 }), 10_000)
    expect(await served()).not.toHaveProperty('ramp')
    await ramp.post('start')
    await vi.waitFor(async () => expect(await served()).toMatchObject({ ramp: { rule: null }, allocation: 2 }), 10_000)
    await ramp.post('pause')
    await ramp.post('resume')
    await ramp.post('cancel')
    await vi.waitFor(async () => expect(await served()).toMatchObject({ allocation: 3 }), 10_000)
    expect(await served()).not.toHaveProperty('ramp')
  })
})

describe('plans of ramps', () => {
  let app: TestApp
  let ramp: GivenRamp
  beforeAll(async () => {
    app = await createTestApp('postgres')
    ramp = await givenFlag(app.api, 'planned')
  })
  afterAll(() => app?.close())

  it.each([
    [{}, /steps/],
    [{ steps: [] }, /at least one step/],
    [{ steps: [{ weight: 25 }, { weight: 5 }] }, /more people than the one before/],
    [{ steps: [{ weight: 0.5 }] }, /25 % is 25000/],
    [{ steps: [{ weight: 5000, soak: 'a while' }] }, /"10m"/],
    [{ steps: [{ weight: 5000, soak: '99w' }] }, /52 weeks/],
    [{ steps: STEPS, windows: [{ days: ['monday'], from: '09:00', to: '17:00' }] }, /time zone/],
    [{ steps: STEPS, timeZone: 'Mars/Olympus' }, /IANA/],
    [{ steps: STEPS, windows: [{ days: ['monday'], from: '9', to: '17:00' }], timeZone: 'UTC' }, /"09:00"/],
    [{ steps: STEPS, startAt: 'tomorrow' }, /ISO 8601/],
    [{ steps: STEPS, mode: 'guarded' }, /timed/],
    [{ steps: STEPS, guardrails: [] }, /Known here/],
  ])('that cannot be are refused: %j', async (plan, message) => {
    const answer = await ramp.post('', plan)
    expect(answer).toMatchObject({ status: 400, error: { code: 'INVALID_INPUT' } })
    expect((answer['error'] as Json)['message']).toMatch(message)
  })

  it('come from templates, built-in or of the project', async () => {
    expect(await ramp.post('', { template: 'standard' })).toMatchObject({
      status: 201,
      plan: { template: 'standard', steps: [{ weight: 1000, soakSeconds: 3600 }, {}, {}, {}, { weight: 100_000 }] },
    })
    expect(await ramp.post('', { template: 'ours' })).toMatchObject({ status: 404 })
    const path = '/api/v1/projects/default/ramp-templates'
    const windows = [{ days: ['monday'], from: '09:00', to: '17:00' }]
    const ours = { steps: [{ weight: 10_000, soak: '2d' }], timeZone: 'Europe/Zurich', windows, description: 'slow' }
    expect((await app.api('PUT', `${path}/standard`, ours)).status).toBe(409)
    expect((await app.api('PUT', `${path}/ours`, ours)).status).toBe(200)
    const { templates } = (await (await app.api('GET', path)).json()) as { templates: Json[] }
    expect(templates.at(-1)).toMatchObject({
      name: 'ours',
      builtIn: false,
      plan: { steps: [{ soakSeconds: 172_800 }] },
    })
    expect(await ramp.post('', { template: 'ours', mode: 'manual' })).toMatchObject({
      plan: { mode: 'manual', timeZone: 'Europe/Zurich', windows },
    })
    expect((await app.api('DELETE', `${path}/ours`)).status).toBe(204)
    expect((await app.api('DELETE', `${path}/ours`)).status).toBe(404)
    expect(await ramp.read()).toMatchObject({ plan: { template: 'ours' } })
  })

  it('replace the draft, and nothing else', async () => {
    const before = await ramp.read()
    expect(await ramp.post('', { steps: STEPS })).toMatchObject({ id: before['id'], state: 'draft' })
    await ramp.post('start')
    expect(await ramp.post('', { steps: STEPS })).toMatchObject({ status: 409, error: { code: 'RAMP_STATE' } })
  })

  it('of a flag that never had one are not found', async () => {
    const other = await givenFlag(app.api, 'never')
    expect(await other.read()).toMatchObject({ status: 404 })
    expect(await other.post('start')).toMatchObject({
      status: 404,
      error: { message: expect.stringMatching(/Plan one/) },
    })
  })

  it('serving one variant cannot be ramped', async () => {
    const other = await givenFlag(app.api, 'fixed')
    await app.api('PATCH', other.path, { defaultServe: { variant: 'on', rollout: null } }, { 'if-match': '"v1"' })
    expect(await other.post('', { steps: STEPS })).toMatchObject({ status: 400 })
  })
})
