import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { advanceDueRamp } from '../src/ramps/advance-due-ramp.ts'
import { createTestApp, describeOnBothStores, type TestApp } from './harness.ts'

const flags = '/api/v1/projects/default/flags'
type Json = Record<string, unknown>

describeOnBothStores('a ramp', (kind) => {
  let app: TestApp
  let path: string
  let key: string
  let count = 0
  beforeAll(async () => {
    app = await createTestApp(kind)
  })
  afterAll(() => app?.close())
  beforeEach(async () => {
    key = `flag-${++count}`
    await app.api('POST', flags, { key })
    path = `${flags}/${key}/environments/production`
  })

  const call = async (method: string, what: string, body?: unknown): Promise<Json> => {
    const response = await app.api(method, `${path}/ramp${what}`, body)
    return { status: response.status, ...((await response.json()) as Json) }
  }
  const post = (what: string, body: unknown = {}) => call('POST', what === '' ? '' : `/${what}`, body)
  const configuration = async () => (await (await app.api('GET', path)).json()) as Json
  /** Lets time pass for the ramp, and no other. */
  const letPass = (seconds: number) =>
    app.store.db.execute(
      sql`update ramps set soaking_since = soaking_since - make_interval(secs => ${seconds}), due_at = due_at - make_interval(secs => ${seconds})
          where flag_id = (select id from flags where key = ${key})`,
    )
  const STEPS = [{ weight: 5_000, soakSeconds: 60 }, { weight: 25_000, soak: '10m' }, { weight: 100_000 }]

  it('is planned, started, and advances by itself when its soak has passed', async () => {
    expect(await post('', { steps: STEPS })).toMatchObject({ status: 201, state: 'draft', step: -1 })
    expect(await configuration()).toMatchObject({ on: false, state: 'off' })
    expect(await post('start')).toMatchObject({ status: 200, state: 'running', step: 0, weight: 5000 })
    expect(await configuration()).toMatchObject({ on: true, state: 'ramping', share: 5000 })
    expect(await advanceDueRamp(app.store.db)).toBeUndefined()
    await letPass(61)
    expect(await advanceDueRamp(app.store.db)).toBeTypeOf('string')
    expect(await advanceDueRamp(app.store.db)).toBeUndefined()
    expect(await call('GET', '')).toMatchObject({
      state: 'running',
      step: 1,
      weight: 25_000,
      next: { weight: 100_000 },
    })
  })
})
