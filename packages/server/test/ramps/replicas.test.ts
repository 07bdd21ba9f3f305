// What only several connections can show: locks, replicas that die, kills in between.
import { pino } from 'pino'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { openPostgresStore } from '../../src/db/postgres-store.ts'
import type { Store } from '../../src/db/store.ts'
import { advanceDueRamp, RampFailure } from '../../src/ramps/advance-due-ramp.ts'
import { createTestApp, createTestDatabase, type TestApp } from '../harness.ts'
import { type ServerProcess, startProcess } from '../server-process.ts'
import { type Api, type GivenRamp, givenFlag, type Json, letPass } from './given.ts'

const PATIENCE_MS = 120_000
const TOKEN = 'a-token-for-replicas-of-ramps'
const silent = pino({ level: 'silent' })

/** What a ramp did, without what people did: share and state of each transition. */
async function movesOf(ramp: GivenRamp): Promise<string[]> {
  const { history } = (await ramp.read()) as { history: { event: string; weight: number }[] }
  return history.map(({ event, weight }) => `${event} ${weight}`)
}

/** Holds the end of the history, which every change needs: a step that has begun cannot end. */
async function holdHistory(sql: postgres.Sql): Promise<(change?: postgres.Fragment) => Promise<void>> {
  const connection = await sql.reserve()
  await connection`begin`
  await connection`select * from audit_heads for update`
  return async (change) => {
    if (change) await connection`${change}`
    await connection`commit`
    connection.release()
  }
}

/** Resolves when somebody waits for a lock of this database. */
async function untilSomebodyWaits(sql: postgres.Sql): Promise<void> {
  await vi.waitFor(
    async () => {
      const waiting = await sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      expect(waiting).toHaveLength(1)
    },
    { timeout: 30_000, interval: 20 },
  )
}

describe('ramps of two replicas (Postgres only)', () => {
  let databaseUrl: string
  let sql: postgres.Sql
  const running: ServerProcess[] = []
  beforeAll(async () => {
    databaseUrl = await createTestDatabase()
    sql = postgres(databaseUrl, { max: 3, onnotice: () => {} })
  })
  afterAll(async () => {
    for (const server of running) await server.stop('SIGKILL')
    await sql?.end()
  })

  const start = async () => {
    const server = await startProcess({ DATABASE_URL: databaseUrl, RAMPART_ADMIN_TOKEN: TOKEN })
    running.push(server)
    return server
  }
  const apiOf =
    (server: ServerProcess): Api =>
    (method, path, body, headers = {}) =>
      fetch(server.url + path, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })

  it(
    'take every step once, and one that is killed in the middle of a step leaves it to the other',
    async () => {
      const [one, two] = await Promise.all([start(), start()])
      const api = apiOf(two)
      const steps = [1000, 5000, 25_000, 50_000, 100_000].map((weight) => ({ weight, soakSeconds: 1 }))
      const ramps = await Promise.all(Array.from({ length: 6 }, (_, at) => givenFlag(api, `both-${at}`)))
      for (const ramp of ramps) {
        await ramp.post('', { steps })
        await ramp.post('start')
      }
      const whole = ['plan 0', 'start 1000', 'step 5000', 'step 25000', 'step 50000', 'step 100000', 'complete 100000']
      for (const ramp of ramps) {
        await vi.waitFor(async () => expect(await ramp.read()).toMatchObject({ state: 'completed' }), PATIENCE_MS / 2)
        expect(await movesOf(ramp)).toEqual(whole)
      }

      // Now `one` alone is left to take the step, and dies in it.
      await two.stop('SIGTERM')
      const dying = await givenFlag(apiOf(one), 'dying')
      await dying.post('', {
        steps: [
          { weight: 1000, soakSeconds: 1 },
          { weight: 50_000, soak: '1d' },
        ],
      })
      await dying.post('start')
      const letGo = await holdHistory(sql)
      await untilSomebodyWaits(sql)
      await one.stop('SIGKILL')
      const three = await start()
      await letGo()
      const there = await givenFlag(apiOf(three), 'dying')
      await vi.waitFor(async () => expect(await there.read()).toMatchObject({ weight: 50_000 }), PATIENCE_MS / 2)
      expect(await movesOf(there)).toEqual(['plan 0', 'start 1000', 'step 50000'])
      expect((await there.history()).filter(({ via }) => via === 'ramp')).toHaveLength(1)
      const check = await apiOf(three)('GET', '/api/v1/projects/default/audit/check')
      expect(await check.json()).toMatchObject({ intact: true })
    },
    PATIENCE_MS * 2,
  )
})

describe('one database, many hands (Postgres only)', () => {
  let app: TestApp
  let other: Store
  let sql: postgres.Sql
  beforeAll(async () => {
    app = await createTestApp('postgres')
    const [{ name }] = (await app.store.db.execute('select current_database() as name')) as unknown as [
      { name: string },
    ]
    const url = `${inject('postgresUrl')}/${name}`
    sql = postgres(url, { max: 3, onnotice: () => {} })
    other = await openPostgresStore(url, silent)
  })
  afterAll(async () => {
    await other?.close()
    await sql?.end()
    await app?.close()
  })
  const steps = [
    { weight: 1000, soakSeconds: 60 },
    { weight: 50_000, soakSeconds: 60 },
  ]
  const due = async (key: string) => {
    const ramp = await givenFlag(app.api, key)
    await ramp.post('', { steps })
    await ramp.post('start')
    await letPass(app.store.db, key, 3600)
    return ramp
  }

  it('two leaders move each ramp once, one step, however long it has been due', async () => {
    const ramps: GivenRamp[] = []
    for (let at = 0; at < 10; at++) ramps.push(await due(`due-${at}`))
    const moved = await Promise.all(
      [app.store, other, app.store, other, app.store, other].map(async ({ db }) => {
        const ids: string[] = []
        for (let id = await advanceDueRamp(db); id !== undefined; id = await advanceDueRamp(db)) ids.push(id)
        return ids
      }),
    )
    // Whoever met locked rows went away; what is left is left for the next look, and is nothing.
    while (await advanceDueRamp(other.db));
    expect(new Set(moved.flat()).size).toBe(moved.flat().length)
    for (const ramp of ramps) expect(await movesOf(ramp)).toEqual(['plan 0', 'start 1000', 'step 50000'])
  })

  it('a kill that comes in the middle of a step wins: the step is not taken', async () => {
    const ramp = await due('killed')
    const letGo = await holdHistory(sql)
    const stepping = advanceDueRamp(app.store.db).catch((error: unknown) => error)
    await untilSomebodyWaits(sql)
    // What a kill writes, by whoever holds the end of the history.
    await letGo(sql`update flag_kills set killed = true, revision = 1000000, at = now()
      where flag_id = (select id from flags where key = 'killed')
        and environment_id = (select id from environments where key = 'production')`)
    expect(await stepping).toBeInstanceOf(RampFailure)
    expect(await movesOf(ramp)).toEqual(['plan 0', 'start 1000'])
    await advanceDueRamp(app.store.db)
    expect(await ramp.read()).toMatchObject({ state: 'holding', holdReason: 'killed', weight: 1000 })
  })

  it.each([
    ['while a step fires', 61],
    ['during an approval', 3600],
  ])('a kill pressed twice, %s, wins: the ramp is held, one row each', async (when, seconds) => {
    for (let round = 0; round < 5; round++) {
      const ramp = await givenFlag(app.api, `pressed-${seconds}-${round}`)
      await ramp.post('', { steps: [steps[0], { ...steps[1], approval: when === 'during an approval' }] })
      await ramp.post('start')
      await letPass(app.store.db, ramp.key, seconds)
      if (when === 'during an approval') await advanceDueRamp(app.store.db)
      const tick = (db: Store['db']) => advanceDueRamp(db).catch(() => undefined)
      const hands = [ramp.kill('kill'), ramp.kill('kill'), tick(app.store.db), tick(other.db), ramp.post('approve')]
      await Promise.all(hands)
      while (await tick(other.db));
      expect(await ramp.read()).toMatchObject({ state: 'holding' })
      const history = (await ramp.history()).map(({ sentence }) => sentence)
      const killed = history.findIndex((sentence) => sentence.startsWith('killed'))
      expect(history.filter((sentence) => sentence.startsWith('killed'))).toHaveLength(1)
      // Nothing but the hold follows a kill.
      expect(history.slice(0, killed).filter((sentence) => !sentence.startsWith('held'))).toEqual([])
      expect(killed).toBeLessThanOrEqual(1)
      expect(await ramp.post('resume')).toMatchObject({ status: 409 })
    }
  })

  it('a kill never waits for a step that hangs', async () => {
    const ramp = await due('hanging')
    const connection = await sql.reserve()
    await connection`begin`
    await connection`select * from ramps for update`
    await connection`select * from flag_configurations for update`
    const answer = await app.api('POST', `${ramp.path}/kill`, {})
    expect(await answer.json()).toMatchObject({ killed: true, changed: true } satisfies Json)
    expect(await ramp.read()).toMatchObject({ state: 'holding', holdReason: 'killed' })
    await connection`rollback`
    connection.release()
  })

  it('a pause and a step at the same moment come one after the other', async () => {
    const ramp = await due('raced')
    await Promise.all([ramp.post('pause'), advanceDueRamp(other.db), advanceDueRamp(app.store.db)])
    const moves = await movesOf(ramp)
    const { state, weight } = await ramp.read()
    expect(state).toBe('holding')
    expect([
      ['plan 0', 'start 1000', 'pause 1000'],
      ['plan 0', 'start 1000', 'step 50000', 'pause 50000'],
    ]).toContainEqual(moves)
    expect(moves.at(-1)).toBe(`pause ${weight}`)
  })
})
