import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readRampSums } from '../../src/telemetry/ramp-sums.ts'
import { fieldOf } from '../../src/telemetry/sub-bucket-sums.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, ramp, readJson } from '../delivery/given.ts'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'

describeOnBothStores('the sums of a running ramp', (kind) => {
  let app: TestApp
  let key: string
  let environmentId: string
  beforeAll(async () => {
    app = await createTestApp(kind)
    key = (await createSdkKey(app)).key
    const rows = await app.store.db.query.environments.findMany()
    environmentId = rows.find(({ key }) => key === 'production')?.id ?? ''
    await createFlag(app, 'checkout')
  })
  afterAll(() => app?.close())

  /** Ramps, and resolves with the allocation once this replica serves it. */
  async function rampTo(weight: number): Promise<number> {
    await ramp(app, 'checkout', weight)
    const { allocation } = await call(app, 'GET', configurationPath('checkout'))
    await eventually(
      async () => app.deps.delivery.publisher.feed(environmentId)?.state.flags.get('checkout')?.allocation,
      (served) => served === allocation,
    )
    return allocation
  }

  const batch = (ramps: object[], instance: string, seq: number) => ({
    instance,
    seq,
    sdk: { name: 'rampart-node', version: '0.1.0' },
    spanMs: 10_000,
    exposures: [],
    ramps,
  })
  const post = (body: object, ageMs = 0) =>
    app.request('/sdk/v1/telemetry', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'rampart-batch-age-ms': String(ageMs),
      },
      body: JSON.stringify(body),
    })
  const send = async (ramps: object[], ageMs = 0) => {
    const response = await post(batch(ramps, randomUUID(), 1), ageMs)
    expect(response.status, `${await response.clone().text()}`).toBe(200)
    return readJson(response)
  }
  const firsts = (allocation: number, variant: string | null, subBuckets: number[][]) => ({
    flag: 'checkout',
    allocation,
    variant,
    subBuckets,
  })
  const arms = async () =>
    (await readRampSums(app.store.db, environmentId, 'checkout')).flatMap(({ allocation, arms }) =>
      arms.map(({ variant, metric, sums }) => ({ allocation, variant, metric, sums })),
    )
  const units = async (allocation: number, variant: string) => {
    const found = (await arms()).find((arm) => arm.allocation === allocation && arm.variant === variant && !arm.metric)
    return found ? fieldOf(found.sums, 'units') : []
  }

  it('adds up by sub-bucket, the same before and after folding', async () => {
    const allocation = await rampTo(5_000)
    await send([firsts(allocation, null, [[0, 3]]), firsts(allocation, 'on', [[127, 1]])])
    await send([
      firsts(allocation, null, [
        [0, 2],
        [5, 1],
      ]),
    ])
    const latency = { ...firsts(allocation, 'on', []), metric: 'latency' }
    await send([{ ...latency, subBuckets: [[7, 1, 2, 500, 11.2]] }])
    await send([{ ...latency, subBuckets: [[7, 0, 1, 900, 6.8, 1, 0, 600]] }])
    const before = await arms()
    const control = await units(allocation, '')
    expect([control[0], control[5], control.reduce((sum, count) => sum + count, 0)]).toEqual([5, 1, 6])
    const tracked = before.find(({ metric }) => metric === 'latency')
    if (!tracked) throw new Error('The metric was not counted.')
    expect(fieldOf(tracked.sums, 'count')[7]).toBe(3)
    expect(fieldOf(tracked.sums, 'sum')[7]).toBe(1400)
    expect(fieldOf(tracked.sums, 'logSum')[7]).toBeCloseTo(18)
    expect(fieldOf(tracked.sums, 'over95')[7]).toBe(1)
    expect(fieldOf(tracked.sums, 'capped')[7]).toBe(600)
    const byArm = (a: { variant: string; metric: string }, b: { variant: string; metric: string }) =>
      a.variant.localeCompare(b.variant) || a.metric.localeCompare(b.metric)
    await app.deps.delivery.telemetryJobs.fold()
    expect(await app.store.db.query.rampSumDeltas.findMany()).toEqual([])
    expect((await arms()).sort(byArm)).toEqual(before.sort(byArm))
    await app.deps.delivery.telemetryJobs.fold()
    expect((await arms()).sort(byArm)).toEqual(before.sort(byArm))
  })

  it('counts a batch once, however often it is sent', async () => {
    const allocation = await rampTo(6_000)
    const sent = batch([firsts(allocation, 'on', [[1, 4]])], 'once', 1)
    const answers = await Promise.all([post(sent), post(sent), post(sent)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    await app.deps.delivery.telemetryJobs.fold()
    await post(sent)
    await app.deps.delivery.telemetryJobs.fold()
    expect((await units(allocation, 'on'))[1]).toBe(4)
  })

  it('keeps what comes long after its allocation apart, and never lets it decide', async () => {
    const before = await rampTo(10_000)
    await send([firsts(before, 'on', [[1, 10]])])
    await rampTo(20_000)
    await app.deps.delivery.telemetryJobs.fold()
    // Just after the step it still counts.
    await send([firsts(before, 'on', [[1, 5]])], 1_000)
    expect((await units(before, 'on'))[1]).toBe(15)
    await app.deps.delivery.telemetryJobs.fold()
    await app.store.db.execute(
      `update ramp_strata set ended_at = now() - interval '11 minutes' where ended_at is not null`,
    )
    await send([firsts(before, 'on', [[1, 100]])], 1_000)
    expect((await units(before, 'on'))[1]).toBe(15)
    await app.deps.delivery.telemetryJobs.fold()
    expect((await units(before, 'on'))[1]).toBe(15)
    const rows = await app.store.db.query.rampSums.findMany()
    expect(rows.filter(({ late }) => late).map(({ subBuckets }) => subBuckets)).toContainEqual([[1, 100]])
  })

  it('takes no stratum that nobody has heard of, when the batch is old', async () => {
    const never = await rampTo(30_000)
    await rampTo(40_000)
    await send([firsts(never, 'on', [[2, 9]])], 20 * 60_000)
    expect(await units(never, 'on')).toEqual([])
  })

  it('notifies nobody', async () => {
    const heard: string[] = []
    const stop = await app.store.listen(
      (payload) => heard.push(payload),
      () => {},
    )
    const allocation = await rampTo(50_000)
    await eventually(
      async () => heard.length,
      (count) => count > 0,
    )
    const mine = () => heard.filter((payload) => !payload.startsWith('echo'))
    const known = mine().length
    for (let at = 0; at < 5; at += 1) await send([firsts(allocation, 'on', [[1, 1]])])
    await app.deps.delivery.telemetryJobs.fold()
    await app.deps.delivery.telemetryJobs.rollUp()
    // Notifications arrive in order: this one comes after all that telemetry could have sent.
    await app.store.db.execute(`select pg_notify('rampart', 'echo:last')`)
    await eventually(
      async () => heard.includes('echo:last'),
      (arrived) => arrived,
    )
    await stop()
    expect(mine().slice(known)).toEqual([])
  })
})
