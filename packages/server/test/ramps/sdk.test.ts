// From the plan to the application and back: an SDK over its public door, a real server, its worker.
import { createClient } from '@rampart/sdk'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from '../harness.ts'
import { type GivenRamp, givenFlag, type Json } from './given.ts'

const PATIENCE_MS = 60_000
const USERS = Array.from({ length: 1000 }, (_, at) => `user-${at}`)

let server: TestServer
let ramp: GivenRamp
let sdkKey: string
beforeAll(async () => {
  server = await startTestServer()
  ramp = await givenFlag(server.api, 'checkout')
  const keys = '/api/v1/projects/default/environments/production/sdk-keys'
  sdkKey = ((await (await server.api('POST', keys, { kind: 'server', name: 'shop' })).json()) as Json)['key'] as string
})
afterAll(() => server?.close())

/** First exposures by arm, as they were stored; the control is ''. */
async function unitsByArm(): Promise<Record<string, number>> {
  const rows = (await server.store.db.execute(
    sql`select variant, sub_buckets as sums from ramp_sum_deltas where metric = ''`,
  )) as unknown as { variant: string; sums: number[][] }[]
  const units: Record<string, number> = {}
  for (const { variant, sums } of rows) {
    for (const [, count = 0] of sums) units[variant] = (units[variant] ?? 0) + count
  }
  return units
}

it(
  'an application follows a ramp step by step, counts its arms, and keeps everybody where they are',
  async () => {
    const client = createClient({ url: server.url, sdkKey })
    await client.ready({ timeoutMs: PATIENCE_MS })
    const exposed = () => USERS.filter((user) => client.isEnabled('checkout', user))
    expect(exposed()).toEqual([])

    await ramp.post('', {
      steps: [{ weight: 20_000, soak: '1d' }, { weight: 60_000, soakSeconds: 1 }, { weight: 100_000 }],
    })
    await ramp.post('start')
    await vi.waitFor(() => expect(exposed().length).toBeGreaterThan(0), PATIENCE_MS)
    const first = exposed()
    expect(first.length).toBeGreaterThan(150)
    expect(first.length).toBeLessThan(250)

    await ramp.post('pause')
    await ramp.post('resume')
    expect(exposed()).toEqual(first)

    await ramp.post('advance')
    await vi.waitFor(() => expect(exposed()).toHaveLength(USERS.length), PATIENCE_MS)
    await vi.waitFor(async () => expect(await ramp.read()).toMatchObject({ state: 'completed' }), PATIENCE_MS)
    expect(exposed()).toEqual(expect.arrayContaining(first))
    await client.close()

    const counted = await unitsByArm()
    // In the first allocation everybody was met, in one arm or the other; later ones may have been missed.
    expect(counted['']).toBeGreaterThanOrEqual(USERS.length - first.length)
    expect(counted['on']).toBeGreaterThanOrEqual(first.length)
  },
  PATIENCE_MS * 3,
)
