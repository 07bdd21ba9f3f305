// What delivery must survive: each test breaks one thing for real.
import { and, eq, sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { environments, flagConfigurations, flags } from '../../src/db/schema/index.ts'
import type { Db } from '../../src/db/store.ts'
import { createTestDatabase, startTestServer, type TestServer } from '../harness.ts'
import { startRelay } from '../relay.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, ramp } from './given.ts'
import { openSse } from './sse-client.ts'

describe('delivery (Postgres only)', () => {
  const undo: (() => unknown)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  async function start(...options: Parameters<typeof startTestServer>): Promise<TestServer & { key: string }> {
    const server = await startTestServer(...options)
    undo.push(() => server.close())
    return { ...server, key: (await createSdkKey(server)).key }
  }

  function follow(server: { url: string; key: string }, lastEventId?: string) {
    return openSse(`${server.url}/sdk/v1/stream`, server.key, lastEventId ? { lastEventId } : {})
  }

  const ready = async (server: { url: string }) =>
    (await (await fetch(`${server.url}/health/ready`)).json()) as {
      status: string
      problems: string[]
      streams: number
    }

  async function readEnvironment(server: TestServer) {
    const row = await server.store.db.query.environments.findFirst({ where: eq(environments.key, 'production') })
    if (!row) throw new Error('There is always a production.')
    return row
  }

  /** Resolves with the environment as it is stored, once this server serves it so. */
  async function served(server: TestServer & { key: string }) {
    const stored = await readEnvironment(server)
    const snapshot = () =>
      fetch(`${server.url}/sdk/v1/snapshot`, { headers: { authorization: `Bearer ${server.key}` } })
    const id = `${stored.epoch}.${stored.revision}`
    await eventually(
      async () => (await snapshot()).headers.get('etag'),
      (etag) => etag === `W/"${id}"`,
    )
    return { ...stored, cursor: id }
  }

  /** Raises the revision as another program might, without a word to anybody. */
  async function bump(tx: Db, environmentId: string): Promise<number> {
    const [row] = await tx
      .update(environments)
      .set({ revision: sql`${environments.revision} + 1` })
      .where(eq(environments.id, environmentId))
      .returning()
    return row?.revision ?? 0
  }

  it('looks for what it missed when the listening connection was killed', async () => {
    // Polling is off after the start: only the look after a re-LISTEN can find a change without a notification.
    const server = await start({}, { pollMs: 3_600_000 })
    await createFlag(server, 'checkout')
    const { id } = await served(server)
    const client = await follow(server)
    await client.until('reset')
    await server.store.db.transaction(async (tx) => {
      const revision = await bump(tx, id)
      await tx.execute(
        sql`update flag_configurations set "on" = true, revision = ${revision} where environment_id = ${id}`,
      )
    })
    const admin = postgres(server.databaseUrl, { max: 1 })
    undo.push(() => admin.end())
    await admin`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%'`
    const { data } = await client.until('patch')
    expect(data['flags']).toMatchObject([{ key: 'checkout', on: true }])
  })

  it('finds changes and kills by polling when no notification comes', async () => {
    const server = await start({}, { pollMs: 50 })
    await createFlag(server, 'checkout')
    const client = await follow(server)
    await client.until('reset')
    // Written as another program would, with the revision but without a word.
    const { id } = await readEnvironment(server)
    await server.store.db.transaction(async (tx) => {
      const revision = await bump(tx, id)
      await tx.execute(
        sql`update flag_kills set killed = true, at = now(), revision = ${revision} where environment_id = ${id}`,
      )
    })
    expect(await client.until('kill')).toMatchObject({ data: { flag: 'checkout' } })
    expect(await client.next()).toMatchObject({ event: 'patch' })
  })

  it('serves from memory while the database is away, says so, and catches up', async () => {
    const databaseUrl = await createTestDatabase()
    const relay = await startRelay(databaseUrl)
    undo.push(() => relay.close())
    const server = await start({ databaseUrl: relay.url }, { pollMs: 50 })
    const other = await start({ databaseUrl, adminToken: server.token })
    await createFlag(server, 'checkout')
    await served(server)
    const client = await follow(server)
    await client.until('reset')

    relay.cut()
    const degraded = await eventually(
      () => ready(server),
      ({ status }) => status === 'degraded',
    )
    expect(degraded.problems[0]).toMatch(/database does not answer/)
    const snapshot = await fetch(`${server.url}/sdk/v1/snapshot`, {
      headers: { authorization: `Bearer ${server.key}` },
    })
    expect(await snapshot.text()).toContain('"key":"checkout"')
    expect((await follow(server)).response.statusCode).toBe(200)
    const telemetry = await fetch(`${server.url}/sdk/v1/telemetry`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ instance: 'i', seq: 1, sdk: { name: 'n', version: '1' }, spanMs: 1, exposures: [] }),
    })
    expect(telemetry.status).toBe(503)
    expect(telemetry.headers.get('retry-after')).toBeTruthy()

    await ramp(other, 'checkout', 4321)
    relay.mend()
    const { data } = await client.until('patch')
    expect(data['flags']).toMatchObject([{ defaultServe: { rollout: { weight: 4321 } } }])
    await eventually(
      () => ready(server),
      ({ problems }) => !problems.some((text) => /answer/.test(text)),
    )
  })

  it('hears notifications again after an outage', async () => {
    const databaseUrl = await createTestDatabase()
    const relay = await startRelay(databaseUrl)
    undo.push(() => relay.close())
    // Polling is off after the start: what arrives, arrives by notification.
    const server = await start({ databaseUrl: relay.url }, { pollMs: 3_600_000 })
    const other = await start({ databaseUrl, adminToken: server.token })
    await createFlag(other, 'checkout')
    const client = await follow(server)
    await client.until('reset')
    relay.cut()
    const lookUp = () =>
      server.store.db.query.projects.findFirst().then(
        () => true,
        () => false,
      )
    for (let tries = 0; tries < 5; tries++) expect(await lookUp()).toBe(false)
    relay.mend()
    await eventually(lookUp, (works) => works)
    let weight = 1000
    const patched = client.until('patch')
    await eventually(
      async () => {
        await ramp(other, 'checkout', weight++)
        return Promise.race([patched, new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 200))])
      },
      (patch) => patch !== undefined,
    )
  })

  it('notices a database that says nothing any more, and serves on', async () => {
    const relay = await startRelay(await createTestDatabase())
    undo.push(() => relay.close())
    const server = await start({ databaseUrl: relay.url }, { pollMs: 50, answerMs: 300 })
    await createFlag(server, 'checkout')
    await served(server)
    relay.silence()
    const { problems } = await eventually(
      () => ready(server),
      ({ status }) => status === 'degraded',
    )
    expect(problems[0]).toMatch(/database does not answer/)
    const client = await follow(server)
    expect(await client.next()).toMatchObject({ event: 'reset' })
    relay.mend()
    await eventually(
      () => ready(server),
      (now) => !now.problems.some((text) => /answer/.test(text)),
    )
  })

  it('stops although its database says nothing', async () => {
    const relay = await startRelay(await createTestDatabase())
    undo.push(() => relay.close())
    const server = await startTestServer({ databaseUrl: relay.url }, { pollMs: 20, answerMs: 200 })
    const { key } = await createSdkKey(server)
    const client = await openSse(`${server.url}/sdk/v1/stream`, key)
    relay.silence()
    await eventually(
      () => ready(server),
      ({ status }) => status === 'degraded',
    )
    await server.close()
    await client.closed
    expect(client.text()).toContain(': goodbye')
  })

  it('keeps the last good state of a row that was spoilt behind the API, and obeys its kill', async () => {
    const server = await start({}, { pollMs: 50 })
    await createFlag(server, 'good')
    await createFlag(server, 'spoilt')
    await ramp(server, 'spoilt', 5000)
    const client = await follow(server)
    await client.until('reset')
    const environment = await served(server)
    const flag = await server.store.db.query.flags.findFirst({ where: eq(flags.key, 'spoilt') })
    await server.store.db.transaction(async (tx) => {
      const revision = environment.revision + 1
      await tx.update(environments).set({ revision }).where(eq(environments.id, environment.id))
      await tx
        .update(flagConfigurations)
        .set({ revision, rules: sql`'{"not": "a list"}'::jsonb` })
        .where(and(eq(flagConfigurations.flagId, flag?.id ?? ''), eq(flagConfigurations.environmentId, environment.id)))
    })
    const { problems } = await eventually(
      () => ready(server),
      ({ status }) => status === 'degraded',
    )
    expect(problems).toEqual([
      'one flag or segment cannot be read, the log names them; their last good state is served',
    ])

    await ramp(server, 'good', 1000)
    await eventually(
      () => client.until('patch'),
      ({ data }) => (data['flags'] as { key: string }[]).some((changed) => changed.key === 'good'),
    )
    await call(server, 'POST', `${configurationPath('spoilt')}/kill`, {})
    await client.until('kill')
    const { data } = await client.until('patch')
    expect(data['flags']).toMatchObject([{ key: 'spoilt', killed: true, defaultServe: { rollout: { weight: 5000 } } }])
  })

  it('sets a new epoch when the database stays behind what was served', async () => {
    const server = await start({}, { pollMs: 50, patienceMs: 300 })
    await createFlag(server, 'checkout')
    const before = await served(server)
    const client = await follow(server, before.cursor)
    await client.next()
    // What a restored dump looks like: the same epoch, an older revision.
    await server.store.db.update(environments).set({ revision: 0 }).where(eq(environments.id, before.id))
    const { data } = await client.until('reset')
    expect(data['revision']).toBe(0)
    expect((data['epoch'] as string) > before.epoch).toBe(true)
    expect((await readEnvironment(server)).epoch).toBe(data['epoch'])
  })

  it('waits for a standby that lags for a moment, without a new epoch', async () => {
    const server = await start({}, { pollMs: 20, patienceMs: 60_000 })
    await createFlag(server, 'checkout')
    const before = await served(server)
    const client = await follow(server, before.cursor)
    expect((await client.next()).event).toBe('current')
    await server.store.db.update(environments).set({ revision: 0 }).where(eq(environments.id, before.id))
    await server.store.db.update(environments).set({ revision: before.revision }).where(eq(environments.id, before.id))
    await ramp(server, 'checkout', 2000)
    expect(await client.next()).toMatchObject({ event: 'patch', data: { from: before.revision } })
    expect((await readEnvironment(server)).epoch).toBe(before.epoch)
  })

  it('follows a restored history of a larger epoch at once', async () => {
    const server = await start({}, { pollMs: 50 })
    await createFlag(server, 'checkout')
    const before = await served(server)
    const client = await follow(server, before.cursor)
    await client.next()
    const epoch = `7${before.epoch.slice(1)}`
    await server.store.db.update(environments).set({ epoch, revision: 1 }).where(eq(environments.id, before.id))
    expect(await client.until('reset')).toMatchObject({ data: { epoch, revision: 1 } })
  })

  it('cuts a client that reads nothing for too long, and nobody else', async () => {
    const limits = { stallMs: 300, maxWaitingBytes: Number.POSITIVE_INFINITY }
    const server = await start({}, { streamLimits: limits })
    await createFlag(server, 'large')
    const reading = await follow(server)
    const stalled = await follow(server)
    stalled.response.pause()
    stalled.response.socket.pause()
    await fillSockets(server, 'large', 2)
    await eventually(
      () => ready(server),
      ({ streams }) => streams === 1,
    )
    await ramp(server, 'large', 1)
    expect(await reading.until('patch')).toBeTruthy()
  })

  it('cuts a client behind which more waits than allowed', async () => {
    const limits = { stallMs: 3_600_000, maxWaitingBytes: 64 * 1024 }
    const server = await start({}, { streamLimits: limits })
    await createFlag(server, 'large')
    const stalled = await follow(server)
    stalled.response.pause()
    stalled.response.socket.pause()
    await fillSockets(server, 'large', 1)
    const { streams } = await eventually(
      () => ready(server),
      (now) => now.streams === 0,
    )
    expect(streams).toBe(0)
  })

  /** Changes a flag of 200 kB until the kernel takes no more patches for a client that does not read, or it is cut. */
  async function fillSockets(server: TestServer, flag: string, streams: number): Promise<void> {
    const keys = Array.from({ length: 5000 }, (_, at) => `somebody-with-a-long-key-for-ballast-${at}`)
    const path = configurationPath(flag)
    for (let turn = 0; turn < 60; turn++) {
      const { version } = await call(server, 'GET', path)
      const targets = [{ variant: 'on', keys: [...keys, `turn-${turn}`] }]
      await call(server, 'PATCH', path, { targets }, { 'if-match': `"v${version}"` })
      if ((await ready(server)).streams < streams) return
    }
  }
})
