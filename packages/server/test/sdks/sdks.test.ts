// Who is connected, over all replicas.
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replicas } from '../../src/db/schema/index.ts'
import type { Sdk } from '../../src/sdks/judge-sdk.ts'
import { call, createFlag, createSdkKey, eventually, ramp } from '../delivery/given.ts'
import { openSse } from '../delivery/sse-client.ts'
import { startTestServer, type TestServer } from '../harness.ts'

describe('the list of SDKs (Postgres only)', () => {
  let one: TestServer
  let two: TestServer
  let key: string
  beforeAll(async () => {
    one = await startTestServer()
    two = await startTestServer({ databaseUrl: one.databaseUrl, adminToken: one.token })
    key = (await createSdkKey(one)).key
    await createFlag(one, 'checkout')
  })
  afterAll(async () => {
    await one?.close()
    await two?.close()
  })

  const follow = (server: TestServer, instance: string, sdk = 'rampart-node/0.1.0') =>
    openSse(`${server.url}/sdk/v1/stream`, key, { instance, name: instance, headers: { 'rampart-sdk': sdk } })
  const list = (server: TestServer) => call(server, 'GET', '/api/v1/projects/default/environments/production/sdks')
  const find = async (server: TestServer, instance: string): Promise<Sdk | undefined> =>
    (await list(server)).sdks.find((sdk: Sdk) => sdk.instance === instance)
  /** What an SDK says of itself with its counts. */
  const report = (server: TestServer, instance: string, seq: number, served: object) =>
    fetch(`${server.url}/sdk/v1/telemetry`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        instance,
        seq,
        sdk: { name: 'rampart-node', version: '0.1.0' },
        spanMs: 1,
        exposures: [],
        ...served,
      }),
    })

  it('names those of every replica, with what they are and since when', async () => {
    const shop = await follow(one, 'shop-1')
    const worker = await follow(two, 'worker-1', 'rampart-python/2.1.0')
    const page = await openSse(`${one.url}/sdk/v1/stream`, (await createSdkKey(one, 'production', 'client')).key)
    const seen = await eventually(
      () => list(two),
      ({ counts }) => counts.live === 2 && counts.pages === 1,
    )
    expect(seen.counts).toMatchObject({ live: 2, behind: 0, lost: 0, pages: 1 })
    expect(seen.sdks).toMatchObject([
      { instance: 'shop-1', sdk: 'rampart-node', version: '0.1.0', language: 'JavaScript', state: 'live' },
      { instance: 'worker-1', sdk: 'rampart-python', version: '2.1.0', language: 'Python', state: 'live' },
    ])
    const names = seen.sdks.map(({ replica }: Sdk) => replica)
    expect(new Set(names).size).toBe(2)
    expect(names).toEqual(expect.arrayContaining(seen.replicas.map(({ name }: { name: string }) => name)))
    for (const client of [shop, worker, page]) client.close()
  })

  it('says whose stream was lost, and no longer when it is back, on whichever replica', async () => {
    const client = await follow(one, 'shop-2')
    await eventually(
      () => find(two, 'shop-2'),
      (sdk) => sdk?.state === 'live',
    )
    client.close()
    const lost = await eventually(
      () => find(two, 'shop-2'),
      (sdk) => sdk?.state === 'lost',
    )
    expect(Date.parse(lost?.lostAt ?? '')).toBeGreaterThanOrEqual(Date.parse(lost?.connectedAt ?? ''))
    const back = await follow(two, 'shop-2')
    const live = await eventually(
      () => find(one, 'shop-2'),
      (sdk) => sdk?.state === 'live',
    )
    expect(live?.replica).not.toBe(lost?.replica)
    back.close()
  })

  it('marks who serves an older revision than it was sent', async () => {
    const client = await follow(one, 'slow')
    await client.until('reset')
    const { revision, epoch } = await production()
    await report(one, 'slow', 1, { epoch, revision })
    await eventually(
      () => find(two, 'slow'),
      (sdk) => sdk?.state === 'live' && sdk.revision === revision,
    )
    await ramp(one, 'checkout', 1000)
    await ramp(one, 'checkout', 2000)
    const newest = revision + 2
    await eventually(
      () => list(two),
      ({ replicas }) => replicas.every((replica: { revision: number }) => replica.revision === newest),
    )
    await report(two, 'slow', 2, { epoch, revision })
    const behind = await eventually(
      async () => {
        await backdateRevisions()
        return find(two, 'slow')
      },
      (sdk) => sdk?.state === 'behind',
    )
    expect(behind).toMatchObject({ revision, lacks: 2 })
    const { sdks } = await list(two)
    expect(sdks.findIndex(({ state }: Sdk) => state === 'live')).not.toBe(0)
    await report(two, 'slow', 3, { epoch, revision: newest })
    await eventually(
      () => find(two, 'slow'),
      (sdk) => sdk?.state === 'live' && sdk.lacks === 0,
    )
    client.close()
  })

  it('takes the streams of a replica that is silent for lost', async () => {
    const client = await follow(two, 'orphan')
    await eventually(
      () => find(one, 'orphan'),
      (sdk) => sdk?.state === 'live',
    )
    const seenAt = new Date(Date.now() - 60_000)
    const orphan = await eventually(
      async () => {
        // Its own beat may come in between.
        await one.store.db.update(replicas).set({ seenAt })
        return find(one, 'orphan')
      },
      (sdk) => sdk?.state === 'lost',
    )
    expect(orphan?.replica).not.toBe('')
    client.close()
  })

  it('lists who reports without a stream', async () => {
    await report(one, 'poller', 1, {})
    expect(await find(two, 'poller')).toMatchObject({ state: 'polling', connectedAt: null })
  })

  async function production() {
    const rows = await one.store.db.query.environments.findMany()
    const found = rows.find(({ key }) => key === 'production')
    if (!found) throw new Error('Every installation has it.')
    return found
  }

  /** As if replicas had come to their revisions a minute ago: who lags has had its time. */
  async function backdateRevisions() {
    for (const { id, environments } of await one.store.db.select().from(replicas)) {
      for (const served of Object.values(environments)) {
        served.revisions = served.revisions.map(([revision, sinceMs]) => [revision, sinceMs - 60_000])
      }
      await one.store.db.update(replicas).set({ environments }).where(eq(replicas.id, id))
    }
  }
})
