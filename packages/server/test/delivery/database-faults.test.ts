// A database that is there and does not behave: what delivery goes on doing, and what a person who presses kill hears.
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { NOTIFY_CHANNEL } from '../../src/db/store.ts'
import { createTestDatabase, startTestServer, type TestServer } from '../harness.ts'
import { startRelay } from '../relay.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, ramp } from './given.ts'
import { openSse } from './sse-client.ts'

describe('a database (Postgres only)', () => {
  const undo: (() => unknown)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  async function start(...options: Parameters<typeof startTestServer>): Promise<TestServer & { key: string }> {
    const server = await startTestServer(...options)
    undo.push(() => server.close())
    return { ...server, key: (await createSdkKey(server)).key }
  }

  /** Two servers over one database, the first through a relay. */
  async function startBehindRelay(spoil: (relay: Awaited<ReturnType<typeof startRelay>>) => void = () => {}) {
    const databaseUrl = await createTestDatabase()
    const relay = await startRelay(databaseUrl)
    undo.push(() => relay.close())
    spoil(relay)
    const server = await start({ databaseUrl: relay.url })
    const other = await start({ databaseUrl, adminToken: server.token })
    await createFlag(other, 'checkout')
    return { databaseUrl, relay, server, other }
  }

  /** A session of an administrator of the database. */
  function administer(databaseUrl: string) {
    const admin = postgres(databaseUrl, { max: 1, onnotice: () => {} })
    undo.push(() => admin.end())
    return admin
  }

  const problems = async (server: { url: string }) =>
    ((await (await fetch(`${server.url}/health/ready`)).json()) as { problems: string[] }).problems

  const isServed = async (server: { url: string; key: string }) => {
    const headers = { authorization: `Bearer ${server.key}` }
    return (await (await fetch(`${server.url}/sdk/v1/snapshot`, { headers })).text()).includes('"key":"checkout"')
  }

  async function press(server: TestServer) {
    const before = performance.now()
    const response = await server.api('POST', `${configurationPath('checkout')}/kill`, { reason: 'now' })
    const { error } = (await response.json()) as { error?: { message: string } }
    return { status: response.status, message: error?.message, ms: performance.now() - before }
  }

  it('behind a pooler in transaction mode is noticed at the start; changes then come by polling', async () => {
    const { server, other } = await startBehindRelay((relay) => relay.loseNotifications())
    const found = await eventually(
      () => problems(server),
      (all) => all.length > 0,
    )
    expect(found).toEqual([
      'notifications of the database do not arrive (a pooler in transaction mode?): polling every second',
    ])
    const client = await openSse(`${server.url}/sdk/v1/stream`, server.key)
    await client.until('reset')
    const before = performance.now()
    await call(other, 'POST', `${configurationPath('checkout')}/kill`, {})
    await client.until('kill')
    expect(performance.now() - before).toBeLessThan(2000)
    client.close()
  })

  it('behind a pooler in transaction mode gets no named statements: the next session would not know them', async () => {
    const { server, other } = await startBehindRelay((relay) => relay.loseNotifications())
    await eventually(
      () => problems(server),
      (all) => all.length > 0,
    )
    for (const asked of [server, other]) await call(asked, 'POST', `${configurationPath('checkout')}/kill`, {})
    for (const asked of [server, other]) await call(asked, 'POST', `${configurationPath('checkout')}/restore`, {})
    expect([await namesOn(server), await namesOn(other)]).toEqual([0, expect.any(Number)])
    expect(await namesOn(other)).toBeGreaterThan(0)
  })

  /** Named statements about kills, over the connections that kills have. */
  async function namesOn({ store }: TestServer): Promise<number> {
    const about = sql`select count(*)::int as names, pg_sleep(0.05) from pg_prepared_statements where statement like '%flag_kills%'`
    const found = await Promise.all([store.killDb.execute(about), store.killDb.execute(about)])
    return (found as unknown as { names: number }[][]).reduce((sum, [row]) => sum + (row?.names ?? 0), 0)
  }

  it('that says everything ten times, or in words of a later version, changes nothing twice', async () => {
    const server = await start({}, { pollMs: 3_600_000 })
    await createFlag(server, 'checkout')
    const client = await openSse(`${server.url}/sdk/v1/stream`, server.key)
    await client.until('reset')
    const { revision } = await call(server, 'POST', `${configurationPath('checkout')}/kill`, {})
    await client.until('kill')
    await client.until('patch')
    const { id } = (await server.store.db.query.environments.findFirst({
      where: (row, { eq }) => eq(row.key, 'production'),
    })) ?? { id: '' }
    const say = (payload: string) => server.store.db.execute(sql`select pg_notify(${NOTIFY_CHANNEL}, ${payload})`)
    for (let again = 0; again < 10; again++) {
      await say(`kill:${id}:${revision}:checkout`)
      await say(`${id}:${revision}`)
      await say(`gossip:${id}:of:a:later:version`)
    }
    await ramp(server, 'checkout', 1234)
    expect(await client.next()).toMatchObject({ event: 'patch' })
    client.close()
  })

  it('hears ids alone: no notification comes near the length that is refused', async () => {
    const server = await start()
    const key = 'k'.repeat(128)
    await createFlag(server, key)
    const admin = administer(server.databaseUrl)
    const heard: string[] = []
    await admin.listen(NOTIFY_CHANNEL, (payload) => heard.push(payload))
    await ramp(server, key, 5000)
    await call(server, 'POST', `${configurationPath(key)}/kill`, {})
    await eventually(
      async () => heard,
      (all) => all.some((payload) => payload.startsWith('kill:')),
    )
    expect(Math.max(...heard.map((payload) => payload.length))).toBeLessThan(250)
  })

  it('that takes two seconds for a query: SDKs do not notice, a kill says NOT applied within 3 s and means it', async () => {
    const { relay, server, other } = await startBehindRelay()
    await eventually(() => isServed(server), Boolean)
    // The token is known, as that of anybody who has the screen open.
    await call(server, 'GET', configurationPath('checkout'))
    relay.slow(2000)
    const before = performance.now()
    expect(await isServed(server)).toBe(true)
    expect(performance.now() - before).toBeLessThan(1000)
    const pressed = await press(server)
    expect(pressed).toMatchObject({ status: 503, message: expect.stringMatching(/^NOT applied/) })
    expect(pressed.ms).toBeLessThan(3000)
    relay.mend()
    await eventually(
      () => press(server),
      ({ status }) => status === 200,
    )
    const { entries } = (await call(other, 'GET', '/api/v1/projects/default/audit?flag=checkout')) as {
      entries: { action: string }[]
    }
    expect(entries.filter(({ action }) => action === 'flag.kill')).toHaveLength(1)
  })

  it('that became read-only: a kill says NOT applied, readiness says why, and it works again afterwards', async () => {
    const server = await start({}, { pollMs: 50 })
    await createFlag(server, 'checkout')
    await eventually(() => isServed(server), Boolean)
    const admin = administer(server.databaseUrl)
    const name = new URL(server.databaseUrl).pathname.slice(1)
    const switchTo = async (mode: 'on' | 'off') => {
      await admin.unsafe(`alter database ${name} set default_transaction_read_only = ${mode}`)
      await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`
    }
    await switchTo('on')
    const found = await eventually(
      () => problems(server),
      (all) => all.some((problem) => problem.includes('read-only')),
    )
    expect(found).toContain('the database takes no changes (it is read-only: a standby?)')
    expect(await press(server)).toMatchObject({ status: 503, message: expect.stringMatching(/^NOT applied/) })
    expect(await isServed(server)).toBe(true)
    // This session began before and may still write.
    await admin`set default_transaction_read_only = off`
    await switchTo('off')
    await eventually(
      () => press(server),
      ({ status }) => status === 200,
    )
    await eventually(
      () => problems(server),
      (all) => all.length === 0,
    )
  })

  it('that is full says NOT applied', async () => {
    const server = await start()
    await createFlag(server, 'checkout')
    const admin = administer(server.databaseUrl)
    await admin.unsafe(`
      create function full_disk() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create trigger full_disk before update on flag_kills for each row execute function full_disk()`)
    expect(await press(server)).toMatchObject({ status: 503, message: expect.stringMatching(/^NOT applied/) })
    expect(await isServed(server)).toBe(true)
    await admin`drop trigger full_disk on flag_kills`
    expect(await press(server)).toMatchObject({ status: 200 })
  })

  it('whose connections are used up still takes a kill, over connections kept for it', async () => {
    const databaseUrl = await createTestDatabase()
    const admin = administer(databaseUrl)
    const role = `limited_${new URL(databaseUrl).pathname.slice(-12)}`
    await admin.unsafe(`create role ${role} login password 'limited' connection limit 12`)
    undo.push(async () => {
      await admin.unsafe(`drop owned by ${role}; drop role ${role}`)
    })
    await admin.unsafe(`grant all on schema public, drizzle to ${role};
      grant all on all tables in schema public, drizzle to ${role};
      grant all on all sequences in schema public, drizzle to ${role};
      grant create on database ${new URL(databaseUrl).pathname.slice(1)} to ${role}`)
    const limited = new URL(databaseUrl)
    limited.username = role
    limited.password = 'limited'
    const server = await start({ databaseUrl: limited.href })
    await createFlag(server, 'checkout')
    // Somebody else takes every connection that is left.
    const greedy = postgres(limited.href, { max: 30, onnotice: () => {} })
    undo.push(() => greedy.end({ timeout: 1 }))
    await Promise.allSettled(Array.from({ length: 30 }, () => greedy`select pg_sleep(0.2)`))
    const [left] = await admin<{ count: number }[]>`
      select count(*)::int from pg_stat_activity where usename = ${role}`
    expect(left?.count).toBe(12)
    expect(await press(server)).toMatchObject({ status: 200 })
    expect(await isServed(server)).toBe(true)
  })

  it('lost in the middle of a commit: UNKNOWN, the state can be read again, and pressing again does no harm', async () => {
    const { relay, server } = await startBehindRelay()
    await eventually(() => isServed(server), Boolean)
    await call(server, 'GET', configurationPath('checkout'))
    relay.cutAtCommit()
    expect(await press(server)).toMatchObject({ status: 503, message: expect.stringMatching(/^UNKNOWN/) })
    // It was committed, and SDKs have it.
    expect(await call(server, 'GET', `${configurationPath('checkout')}/kill`)).toMatchObject({ killed: true })
    expect(await press(server)).toMatchObject({ status: 200 })

    const { version } = await call(server, 'GET', configurationPath('checkout'))
    relay.cutAtCommit()
    const edit = () => server.api('PATCH', configurationPath('checkout'), { on: true }, { 'if-match': `"v${version}"` })
    const unknown = await edit()
    expect(unknown.status).toBe(503)
    expect(((await unknown.json()) as { error: { message: string } }).error.message).toMatch(/^UNKNOWN/)
    // Sent again it is not done twice: its version is the proof that it was done.
    expect((await edit()).status).toBe(409)
    expect(await call(server, 'GET', configurationPath('checkout'))).toMatchObject({ on: true, version: version + 1 })
  })
})
