// The graph of a day against the minutes that it is made of, merged here as plainly as can be.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { telemetryMinutes, telemetrySeries } from '../../src/db/schema/index.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, ramp } from '../delivery/given.ts'
import { createTestApp, describeOnBothStores, type TestApp } from '../harness.ts'

const GAMMA = 1.01 / 0.99
const HOUR_MS = 3_600_000
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const

type Arm = Record<'count' | 'mean' | keyof typeof QUANTILES, (number | null)[]>

describeOnBothStores('the graph of a day', (kind) => {
  let app: TestApp
  beforeAll(async () => {
    app = await createTestApp(kind)
    const { key } = await createSdkKey(app)
    await createFlag(app, 'checkout')
    await ramp(app, 'checkout', 25_000)
    await eventually(
      async () =>
        (await app.store.db.query.environments.findMany()).map(({ id }) => app.deps.delivery.publisher.feed(id)),
      (feeds) => feeds.some((feed) => feed?.state.flags.get('checkout')?.on),
    )
    // Two SDKs, both arms, over a day: whole minutes of it, values in every place of the histogram, none and several.
    for (let batch = 0; batch < 40; batch += 1) {
      const tracked = (metric: string, variant: string, bins: [number, number][], zeros: number) => {
        const count = zeros + bins.reduce((sum, [, n]) => sum + n, 0)
        return { flag: 'checkout', variant, metric, count, sum: count * 3 + batch, zeros, bins }
      }
      const spread = (seed: number) =>
        Array.from({ length: 1 + ((batch * seed) % 23) }, (_, at): [number, number] => [
          ((at * seed * 37 + batch * 11) % 900) - 300,
          1 + ((at * 7 + batch) % 9),
        ]).filter(([bin], at, all) => all.findIndex(([other]) => other === bin) === at)
      const response = await app.request('/sdk/v1/telemetry', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'rampart-batch-age-ms': String(Math.round((batch % 20) * 1.15 * HOUR_MS)),
        },
        body: JSON.stringify({
          instance: `shop-${batch % 3}`,
          seq: batch + 1,
          sdk: { name: batch % 2 === 0 ? 'rampart-node' : 'rampart-python', version: '0.1.0' },
          spanMs: 10_000,
          exposures: [{ flag: 'checkout', variant: 'on', allocation: 1, count: batch + 1 }],
          metrics: [
            tracked('latency', 'on', spread(13), batch % 4),
            tracked('latency', 'off', spread(29), 0),
            tracked('errors', 'on', [[0, 1 + (batch % 3)]], batch % 5),
            tracked(
              'nearly',
              'on',
              batch === 7
                ? [
                    [-5, 1],
                    [0, 2],
                  ]
                : [[0, 2]],
              1,
            ),
            { flag: 'checkout', variant: 'off', metric: 'sales', count: 2 + batch, sum: 2, zeros: 0, bins: [] },
          ],
        }),
      })
      if (!response.ok) throw new Error(await response.text())
    }
  })
  afterAll(() => app?.close())

  async function minutesOf(metric: string, variant: string, sdk?: string) {
    const rows = await app.store.db
      .select()
      .from(telemetryMinutes)
      .innerJoin(telemetrySeries, eq(telemetrySeries.id, telemetryMinutes.seriesId))
    return rows.flatMap(({ telemetry_minutes: minute, telemetry_series: series }) =>
      series.metric === metric && series.variant === variant && (sdk === undefined || series.sdk === sdk)
        ? [minute]
        : [],
    )
  }

  /** What an arm must be, one minute after the other. */
  function armOf(minutes: Awaited<ReturnType<typeof minutesOf>>, fromMs: number, stepMs: number, steps: number): Arm {
    const nulls = () => Array.from({ length: steps }, (): number | null => null)
    const arm: Arm = { count: nulls().fill(0), mean: nulls(), p50: nulls(), p95: nulls(), p99: nulls() }
    for (let step = 0; step < steps; step += 1) {
      const start = fromMs + step * stepMs
      const within = minutes.filter(({ at }) => at.getTime() >= start && at.getTime() < start + stepMs)
      const count = within.reduce((sum, minute) => sum + minute.count, 0)
      const values = within
        .flatMap(({ zeros, bins, binCounts }) => [
          ...Array.from({ length: zeros ?? 0 }, () => Number.NEGATIVE_INFINITY),
          ...(bins ?? []).flatMap((bin, at) => Array.from({ length: binCounts?.[at] ?? 0 }, () => bin)),
        ])
        .sort((a, b) => (a < b ? -1 : 1))
      arm.count[step] = count
      if (count > 0) arm.mean[step] = within.reduce((sum, minute) => sum + (minute.sum ?? 0), 0) / count
      for (const [name, share] of Object.entries(QUANTILES) as [keyof typeof QUANTILES, number][]) {
        const bin = values[Math.ceil(share * values.length) - 1]
        if (bin !== undefined) arm[name][step] = Number((GAMMA ** bin * 0.99).toPrecision(6))
      }
    }
    return arm
  }

  it.each([undefined, 'rampart-node/0.1.0'])(
    'tells counts, means and quantiles of the merged minutes, of SDK %s',
    async (sdk) => {
      const from = new Date(Date.now() - 24 * HOUR_MS).toISOString()
      const path = `${configurationPath('checkout')}/metrics?from=${from}${sdk === undefined ? '' : `&sdk=${sdk}`}`
      const graph = await call(app, 'GET', path)
      expect(graph.stepMs).toBe(5 * 60_000)
      const steps = graph.evaluations.exposed.length
      expect(steps).toBeGreaterThan(280)
      const kinds = graph.metrics.map(({ metric, kind }: { metric: string; kind: string }) => [metric, kind])
      expect(Object.fromEntries(kinds)).toEqual({
        errors: 'share',
        latency: 'number',
        nearly: sdk ? 'share' : 'number',
        sales: 'occurrence',
      })
      for (const { metric, exposed, notExposed } of graph.metrics) {
        for (const [arm, variant] of [
          [exposed, 'on'],
          [notExposed, 'off'],
        ] as const) {
          const minutes = await minutesOf(metric, variant, sdk)
          expect(minutes.length > 5).toBe(arm.count.some((count: number) => count > 0))
          expect(arm, `${metric} ${variant}`).toEqual(armOf(minutes, Date.parse(graph.from), graph.stepMs, steps))
        }
      }
      const counted = await minutesOf('', 'on', sdk)
      expect(graph.evaluations).toEqual({
        exposed: armOf(counted, Date.parse(graph.from), graph.stepMs, steps).count,
        notExposed: Array.from({ length: steps }, () => 0),
      })
    },
  )
})
