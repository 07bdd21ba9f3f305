// What Prometheus is told of ramps, by the worker that moves them.
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type RampWorker, startRampWorker } from '../../src/ramps/ramp-worker.ts'
import { eventually } from '../delivery/given.ts'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'
import { givenFlag, letPass } from './given.ts'

const steps = [
  { weight: 5_000, soakSeconds: 60 },
  { weight: 25_000, soakSeconds: 60 },
]

describeOnBothStores('metrics of ramps', (kind) => {
  let app: TestApp
  let worker: RampWorker | undefined
  beforeEach(async () => {
    app = await createTestApp(kind)
  })
  afterEach(async () => {
    await worker?.close()
    worker = undefined
    await app.close()
  })

  /** The value of a line; undefined where there is none. */
  async function told(line: string): Promise<number | undefined> {
    const text = await (await app.request('/metrics')).text()
    const found = text.split('\n').find((each) => each.startsWith(`${line} `))
    return found === undefined ? undefined : Number(found.slice(line.length))
  }
  const states = () =>
    Promise.all(['running', 'holding', 'rolled_back'].map((state) => told(`rampart_ramps{state="${state}"}`)))
  async function started(key: string) {
    const ramp = await givenFlag(app.api, key)
    await ramp.post('', { steps })
    await ramp.post('start')
    return ramp
  }

  it('counts ramps by the state that people see, a kill included', async () => {
    expect(await states()).toEqual([0, 0, 0])
    const [, paused, killed, back] = [await started('a'), await started('b'), await started('c'), await started('d')]
    expect(await states()).toEqual([4, 0, 0])
    await paused?.post('pause')
    await killed?.kill('kill')
    await back?.post('rollback', { weight: 0, reason: 'slow' })
    expect(await states()).toEqual([1, 2, 1])
  })

  it('counts what became of those that were due, and how late', async () => {
    const ramp = await started('late')
    await letPass(app.store.db, ramp.key, 67)
    worker = startRampWorker(app.store.db, pino({ level: 'silent' }), app.deps.delivery.metrics)
    await eventually(
      () => told('rampart_ramp_moves_total{outcome="step"}'),
      (moves) => moves === 1,
    )
    expect(await ramp.read()).toMatchObject({ weight: 25_000 })
    expect(await told('rampart_ramp_late_seconds_count')).toBe(1)
    // It was due after 60 s of 67.
    expect(await told('rampart_ramp_late_seconds_bucket{le="5"}')).toBe(0)
    expect(await told('rampart_ramp_late_seconds_bucket{le="300"}')).toBe(1)
    await letPass(app.store.db, ramp.key, 61)
    await eventually(
      () => told('rampart_ramp_moves_total{outcome="complete"}'),
      (moves) => moves === 1,
    )
    expect(await states()).toEqual([0, 0, 0])
    const other = await started('killed')
    await other.kill('kill')
    await eventually(
      () => told('rampart_ramp_moves_total{outcome="hold"}'),
      (moves) => moves === 1,
    )
    // Nothing was due: a kill came.
    expect(await told('rampart_ramp_late_seconds_count')).toBe(2)
  })
})
