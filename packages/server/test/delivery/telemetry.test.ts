import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, FLAGS, readJson } from './given.ts'

const HOUR_MS = 3_600_000

describeOnBothStores('POST /sdk/v1/telemetry', (kind) => {
  let app: TestApp
  let key: string
  beforeAll(async () => {
    app = await createTestApp(kind)
    key = (await createSdkKey(app)).key
    for (const flag of ['checkout', 'search', 'aged']) await createFlag(app, flag)
    const snapshot = () => app.request('/sdk/v1/snapshot', { headers: { authorization: `Bearer ${key}` } })
    await eventually(
      async () => (await snapshot()).text(),
      (text) => text.includes('"end":{"flags":3'),
    )
  })
  afterAll(() => app?.close())

  /** As a server; a page sends its own key. */
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    app.request('/sdk/v1/telemetry', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  const batch = (instance: string, seq: number, exposures: unknown[], more: object = {}) => ({
    instance,
    seq,
    sdk: { name: 'rampart-node', version: '0.1.0' },
    spanMs: 10_000,
    exposures,
    ...more,
  })
  const exposure = (flag: string, variant: string, count: number) => ({ flag, variant, allocation: 1, count })

  const series = (flag: string, query = '') => call(app, 'GET', `${configurationPath(flag)}/exposures${query}`)

  it('counts a batch once, however often it is sent', async () => {
    const sent = batch('once', 1, [exposure('checkout', 'on', 3), exposure('checkout', 'off', 4)])
    const [first, second] = await Promise.all([post(sent), post(sent)])
    const answers = [await readJson(first), await readJson(second), await readJson(await post(sent))]
    expect(answers.map((answer) => answer.acknowledged)).toEqual([1, 1, 1])
    expect(answers.map((answer) => answer.duplicate).sort()).toEqual([false, true, true])
    expect((await series('checkout')).total).toBe(7)
    expect(first.headers.get('connection')).toBe('close')
  })

  it('sums what many instances send at the same time', async () => {
    const senders = Array.from({ length: 40 }, (_, at) => `many-${at}`)
    const answers = await Promise.all(
      senders.flatMap((instance) => [
        post(batch(instance, 1, [exposure('search', 'on', 1), exposure('search', 'off', 10)])),
        post(batch(instance, 2, [exposure('search', 'on', 1)])),
      ]),
    )
    for (const answer of answers) expect(await answer.json()).toMatchObject({ duplicate: false, ignored: 0 })
    const { series: counted } = await series('search')
    const sums = counted.map(({ variant, counts }: { variant: string; counts: number[] }) => [
      variant,
      counts.reduce((sum, count) => sum + count, 0),
    ])
    expect(Object.fromEntries(sums)).toEqual({ on: 80, off: 400 })
  })

  it('counts what a page reports of flags that pages may see, and keeps no cursor for it', async () => {
    const { key: clientKey } = await createSdkKey(app, 'production', 'client')
    await call(app, 'POST', FLAGS, { key: 'shown', clientVisible: true })
    const authorization = `Bearer ${clientKey}`
    const sent = batch('page', 1, [exposure('shown', 'on', 3), exposure('checkout', 'on', 1)])
    await eventually(
      async () => readJson(await post(sent, { authorization })),
      ({ ignored }) => ignored === 1,
    )
    expect((await series('shown')).total).toBe(3)
    const cursors = await app.store.db.query.telemetryCursors.findMany()
    expect(cursors.map(({ instance }) => instance)).not.toContain('page')
  })

  it('leaves out flags and variants that do not exist, and says how many', async () => {
    const sent = batch('odd', 1, [exposure('checkout', 'purple', 1), exposure('nowhere', 'on', 1)], { dropped: 2 })
    expect(await (await post(sent)).json()).toEqual({ acknowledged: 1, duplicate: false, ignored: 2 })
    expect(await (await post(batch('odd', 2, []))).json()).toEqual({ acknowledged: 2, duplicate: false, ignored: 0 })
  })

  it('takes sums of running ramps and tracked metrics, and refuses those that make no sense', async () => {
    const arm = { flag: 'checkout', allocation: 1, variant: null }
    const metric = { metric: 'latency', count: 2, sum: 500, zeros: 0, bins: [[264, 2]] }
    const sums = {
      ramps: [
        { ...arm, subBuckets: [[0, 3]] },
        { ...arm, variant: 'on', metric: 'latency', subBuckets: [[127, 0, 2, 500, 11.2]] },
      ],
      metrics: [metric],
    }
    expect(await (await post(batch('ramping', 1, [], sums))).json()).toMatchObject({ acknowledged: 1, ignored: 0 })
    const wrong = [
      { ramps: [{ ...arm, subBuckets: [[128, 1]] }] },
      { ramps: [{ ...arm, subBuckets: [[0, 1, 1]] }] },
      { ramps: [{ ...arm, subBuckets: [[0, -1]] }] },
      { ramps: [{ ...arm, user: 'ann', subBuckets: [] }] },
      { metrics: [{ ...metric, bins: [[0.5, 1]] }] },
    ]
    for (const more of wrong) expect((await post(batch('ramping', 2, [], more))).status).toBe(400)
  })

  it('counts a batch in the minute it was closed, by its age', async () => {
    const sent = batch('late', 1, [exposure('aged', 'on', 5)])
    expect((await post(sent, { 'rampart-batch-age-ms': String(3 * HOUR_MS) })).status).toBe(200)
    const now = Date.now()
    const span = (fromMs: number, toMs: number) =>
      `?from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`
    expect((await series('aged', span(now - HOUR_MS, now))).total).toBe(0)
    expect((await series('aged', span(now - 4 * HOUR_MS, now - 2 * HOUR_MS))).total).toBe(5)
  })

  it('draws a series with zeros, steps by length, and changes as markers', async () => {
    await call(app, 'POST', `${configurationPath('checkout')}/kill`, { reason: 'smoke' })
    await call(app, 'POST', '/api/v1/projects/default/markers', { kind: 'deploy', label: 'v42' })
    const day = await series('checkout')
    expect(day.stepMs).toBe(5 * 60_000)
    expect(day.series.map((entry: { variant: string }) => entry.variant).sort()).toEqual(['off', 'on'])
    const steps = (Date.parse(day.to) - Date.parse(day.from)) / day.stepMs
    for (const { counts } of day.series) expect(counts).toHaveLength(steps)
    expect(day.markers.map((marker: { kind: string }) => marker.kind)).toEqual(
      expect.arrayContaining(['kill', 'deploy']),
    )
    // A change of another flag is a line on its own graph only.
    expect((await series('search')).markers.map((marker: { kind: string }) => marker.kind)).not.toContain('kill')
  })

  it('sums up the last day of every flag for the list', async () => {
    const day = await call(app, 'GET', '/api/v1/projects/default/environments/production/exposures')
    expect(day.stepMs).toBe(HOUR_MS)
    expect(day.flags.search).toMatchObject({ total: 480, exposed: 80 })
    expect(day.flags.search.points).toHaveLength(24)
    expect(day.flags.search.points.reduce((sum: number, count: number) => sum + count, 0)).toBe(80)
  })

  it.each([
    ['a field nobody knows', { ...batch('x', 1, []), user: 'anna' }, /user/],
    ['a count below one', batch('x', 1, [exposure('checkout', 'on', 0)]), /count/],
    ['a seq below one', batch('x', 0, []), /seq/],
    ['an instance that is none', batch('not an id', 1, []), /instance/],
    [
      'too many counters',
      batch(
        'x',
        1,
        Array.from({ length: 10_001 }, () => exposure('c', 'on', 1)),
      ),
      /exposures/,
    ],
    ['text that is not JSON', '{"instance"', /JSON/],
  ])('refuses %s', async (_, body, words) => {
    const response = await post(body)
    expect(response.status).toBe(400)
    const { error } = await readJson(response)
    expect(error.code).toBe('INVALID_INPUT')
    expect(error.message).toMatch(words)
  })

  it.each([
    ['?from=yesterday', /from/],
    ['?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', /after/],
    ['?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z', /400 days/],
    ['?since=2020-01-01T00:00:00Z', /since/],
  ])('refuses the span %s', async (query, words) => {
    const response = await app.api('GET', `${configurationPath('checkout')}/exposures${query}`)
    expect(response.status).toBe(400)
    expect((await readJson(response)).error.message).toMatch(words)
  })

  it('refuses strangers, and SDK keys where an API token is asked for', async () => {
    expect((await post(batch('x', 1, []), { authorization: 'Bearer rps_wrong' })).status).toBe(401)
    expect((await app.request(`${configurationPath('checkout')}/exposures`)).status).toBe(401)
    const withSdkKey = await app.request(`${configurationPath('checkout')}/exposures`, {
      headers: { authorization: `Bearer ${key}` },
    })
    expect(withSdkKey.status).toBe(401)
  })
})
