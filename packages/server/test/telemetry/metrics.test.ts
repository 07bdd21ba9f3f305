import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  call,
  configurationPath,
  createFlag,
  createSdkKey,
  eventually,
  FLAGS,
  ramp,
  readJson,
} from '../delivery/given.ts'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'

const LOG_GAMMA = Math.log(1.01 / 0.99)
const binOf = (value: number) => Math.ceil(Math.log(value) / LOG_GAMMA)

describeOnBothStores('tracked metrics', (kind) => {
  let app: TestApp
  let key: string
  let seq = 0
  beforeAll(async () => {
    app = await createTestApp(kind)
    key = (await createSdkKey(app)).key
    await createFlag(app, 'checkout')
    await ramp(app, 'checkout', 25_000)
    await eventually(
      async () => app.deps.delivery.publisher.feed(await environmentId())?.state.flags.get('checkout')?.on,
      (on) => on === true,
    )
  })
  afterAll(() => app?.close())

  async function environmentId() {
    const rows = await app.store.db.query.environments.findMany()
    return rows.find(({ key }) => key === 'production')?.id ?? ''
  }

  const send = async (content: object, headers: Record<string, string> = {}, instance = 'shop-1') => {
    seq += 1
    const response = await app.request('/sdk/v1/telemetry', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({
        instance,
        seq,
        sdk: { name: 'rampart-node', version: '0.1.0' },
        spanMs: 10_000,
        exposures: [],
        ...content,
      }),
    })
    expect(response.status, `${await response.clone().text()}`).toBe(200)
    return readJson(response)
  }
  const metric = (metric: string, variant: string, values: number[], flag = 'checkout') => {
    const bins = new Map<number, number>()
    for (const value of values) if (value > 0) bins.set(binOf(value), (bins.get(binOf(value)) ?? 0) + 1)
    const sum = values.reduce((total, value) => total + value, 0)
    const zeros = values.filter((value) => value <= 0).length
    return { flag, variant, metric, count: values.length, sum, zeros, bins: [...bins] }
  }
  const read = (query = '') => call(app, 'GET', `${configurationPath('checkout')}/metrics${query}`)
  const total = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0)
  const told = (numbers: (number | null)[]) => numbers.filter((number) => number !== null)
  const only = (numbers: (number | null)[]) => {
    const [first = Number.NaN, ...more] = told(numbers)
    expect(more).toEqual([])
    return first
  }

  it('shows those who get a flag against those who do not, with quantiles of merged histograms', async () => {
    const values = (from: number) => Array.from({ length: 50 }, (_, at) => from + at * 2)
    await Promise.all([
      send({ metrics: [metric('latency', 'on', values(1)), metric('errors', 'on', [0, 0, 0, 1])] }, {}, 'a'),
      send({ metrics: [metric('latency', 'on', values(2)), metric('errors', 'off', [0, 1, 1, 1])] }, {}, 'b'),
      send({ metrics: [metric('latency', 'off', [10, 20, 30])] }, {}, 'c'),
    ])
    // A second commit meets rows that stand there.
    await send({ metrics: [metric('latency', 'off', [40, 50]), { ...metric('sales', 'on', []), count: 3 }] })
    const { metrics, stepMs } = await read()
    expect(stepMs).toBe(5 * 60_000)
    expect(metrics.map(({ metric, kind }: { metric: string; kind: string }) => [metric, kind])).toEqual([
      ['errors', 'share'],
      ['latency', 'number'],
      ['sales', 'occurrence'],
    ])
    const [errors, latency, sales] = metrics
    expect(told(errors.exposed.mean)).toEqual([0.25])
    expect(told(errors.notExposed.mean)).toEqual([0.75])
    expect(total(latency.exposed.count)).toBe(100)
    // 1, 2, 3 ... 100: any quantile to one per cent.
    expect(only(latency.exposed.p50) / 50).toBeCloseTo(1, 1)
    expect(only(latency.exposed.p95) / 95).toBeCloseTo(1, 1)
    expect(only(latency.exposed.p99) / 99).toBeCloseTo(1, 1)
    expect(told(latency.notExposed.mean)).toEqual([30])
    expect(only(latency.notExposed.p50) / 30).toBeCloseTo(1, 1)
    expect(total(sales.exposed.count)).toBe(3)
    const other = await read('?sdk=rampart-python/1.0.0')
    expect(other.metrics).toEqual([])
  })

  it('sums up minutes to hours and days, again and again to the same numbers', async () => {
    const { telemetryJobs } = app.deps.delivery
    const graphs = async () => {
      const spans = [7, 40].map((days) => `?from=${new Date(Date.now() - days * 86_400_000).toISOString()}`)
      return Promise.all(spans.map((span) => read(span)))
    }
    // Of an hour that is over, so that the coarse sums are what is read.
    const age = { 'rampart-batch-age-ms': String(26 * 3_600_000) }
    await send({ exposures: [{ flag: 'checkout', variant: 'on', allocation: 1, count: 7 }] }, age)
    await send({ metrics: [metric('old', 'on', [100, 200, 300])] }, age)
    const oldIn = (answer: { metrics: { metric: string }[] }) => answer.metrics.find(({ metric }) => metric === 'old')
    expect((await graphs()).map(oldIn)).toEqual([undefined, undefined])
    expect(await telemetryJobs.rollUp()).toBe(true)
    const first = await graphs()
    expect(first.map((answer) => answer.stepMs)).toEqual([3_600_000, 86_400_000])
    for (const answer of first) {
      const old = oldIn(answer) as unknown as { exposed: { count: number[]; p50: (number | null)[] } }
      expect(total(old.exposed.count)).toBe(3)
      expect(only(old.exposed.p50) / 200).toBeCloseTo(1, 1)
    }
    await telemetryJobs.rollUp()
    expect(await graphs()).toEqual(first)
    await send({ metrics: [metric('old', 'on', [400])] }, age)
    await telemetryJobs.rollUp()
    const [week] = await graphs()
    expect(total((oldIn(week) as unknown as { exposed: { count: number[] } }).exposed.count)).toBe(4)
  })

  it('keeps a metric over everybody, as SDKs report that know nothing of flags', async () => {
    const { flag: _, variant: __, ...everybody } = metric('everybody', '', [1, 2])
    expect(await send({ metrics: [everybody] })).toMatchObject({ ignored: 0 })
    const { metrics } = await call(app, 'GET', '/api/v1/projects/default/metrics')
    expect(metrics).toContainEqual({ name: 'everybody', fromPages: false, firstSeenAt: expect.any(String) })
  })

  it('lets a page invent no metric, and decide nothing', async () => {
    await call(app, 'POST', FLAGS, { key: 'shown', clientVisible: true })
    await eventually(
      async () => app.deps.delivery.publisher.feed(await environmentId())?.state.flags.has('shown'),
      (known) => known === true,
    )
    const { key: clientKey } = await createSdkKey(app, 'production', 'client')
    const page = { authorization: `Bearer ${clientKey}` }
    expect(await send({ metrics: [metric('invented', 'on', [1], 'shown')] }, page)).toMatchObject({ ignored: 1 })
    expect(await send({ metrics: [metric('errors', 'on', [1], 'shown')] }, page)).toMatchObject({ ignored: 0 })
    expect(await send({ metrics: [metric('errors', 'on', [1], 'checkout')] }, page)).toMatchObject({ ignored: 1 })
    const arm = { flag: 'shown', allocation: 1, variant: 'on', metric: 'errors', subBuckets: [[3, 1, 1, 1, 0]] }
    const firsts = { flag: 'shown', allocation: 1, variant: 'on', subBuckets: [[3, 1]] }
    expect(await send({ ramps: [arm, firsts] }, page)).toMatchObject({ ignored: 2 })
    const opened = await app.api('PATCH', '/api/v1/projects/default/metrics/errors', { fromPages: true })
    expect(opened.status).toBe(200)
    await eventually(
      () => send({ ramps: [arm, firsts] }, page),
      // First exposures are never taken from a page, whatever a metric says.
      ({ ignored }) => ignored === 1,
    )
    const { entries } = await call(app, 'GET', '/api/v1/projects/default/audit?limit=1')
    expect(entries[0].sentence).toMatch(/errors.*may now stop a ramp/)
    expect((await app.api('PATCH', '/api/v1/projects/default/metrics/nobody', { fromPages: true })).status).toBe(404)
  })

  it.each(['nul \u0000', 'half \ud800', 'line\n'])(
    'refuses a name that the database would not take: %j',
    async (name) => {
      const response = await app.request('/sdk/v1/telemetry', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          instance: 'odd',
          seq: 1,
          sdk: { name: 'a', version: 'b' },
          spanMs: 1,
          exposures: [],
          metrics: [{ metric: name, count: 1, sum: 1, zeros: 0, bins: [] }],
        }),
      })
      expect(response.status).toBe(400)
    },
  )

  it('keeps names and types of attributes, and never a value', async () => {
    await send({
      attributes: [
        ['country', 'text'],
        ['age', 'number'],
        ['country', 'list'],
      ],
    })
    const listed = async () => (await call(app, 'GET', '/api/v1/projects/default/attributes'))['attributes']
    // Written beside the batch and not with it: what is acknowledged are the counts.
    await expect.poll(listed, { timeout: 10_000 }).toHaveLength(3)
    const attributes = await listed()
    expect(attributes).toEqual(
      expect.arrayContaining([
        { name: 'age', type: 'number' },
        { name: 'country', type: 'text' },
        { name: 'country', type: 'list' },
      ]),
    )
    const refused = await app.request('/sdk/v1/telemetry', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ instance: 'x', seq: 1, attributes: [['country', 'DE']] }),
    })
    expect(refused.status).toBe(400)
  })
})
