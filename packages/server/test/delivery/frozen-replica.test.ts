// Two real server processes; one is frozen, killed, and cut off from the database.
import postgres from 'postgres'
import { afterEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../harness.ts'
import { startRelay } from '../relay.ts'
import { type ServerProcess, startProcess } from '../server-process.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually } from './given.ts'
import { openSse } from './sse-client.ts'

const TOKEN = 'a-token-for-frozen-replicas'
/** Processes take their time where many run. */
const PATIENCE_MS = 120_000

describe('of two replicas (Postgres only)', () => {
  const running: ServerProcess[] = []
  const undo: (() => unknown)[] = []
  afterEach(async () => {
    for (const server of running.splice(0)) {
      server.child.kill('SIGCONT')
      await server.stop('SIGKILL')
    }
    for (const step of undo.splice(0)) await step()
  }, PATIENCE_MS)

  async function start(databaseUrl: string) {
    const server = await startProcess({ DATABASE_URL: databaseUrl, RAMPART_ADMIN_TOKEN: TOKEN })
    running.push(server)
    return {
      ...server,
      api: (method: string, path: string, body?: unknown) =>
        fetch(server.url + path, {
          method,
          headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
    }
  }

  /** Both replicas with a stream each, and the other's beat in the database. */
  async function startBoth(reach: (databaseUrl: string) => Promise<string> | string = (url) => url) {
    const databaseUrl = await createTestDatabase()
    const healthy = await start(databaseUrl)
    const other = await start(await reach(databaseUrl))
    await createFlag(healthy, 'checkout')
    const { key } = await createSdkKey(healthy)
    const follow = (server: { url: string }, instance: string) =>
      openSse(`${server.url}/sdk/v1/stream`, key, { instance, name: instance })
    const here = await follow(healthy, 'here')
    const there = await follow(other, 'there')
    await here.until('reset')
    await there.until('reset')
    // Both have said how many streams they hold.
    const database = postgres(databaseUrl, { max: 1 })
    await eventually(
      async () =>
        await database<{ name: string }[]>`
        select name from replicas where jsonb_path_exists(streams, '$.* ? (@ == 1)')`,
      (rows) => rows.length === 2,
      30_000,
    )
    await database.end()
    return { healthy, other, here, there }
  }

  const readKill = (server: Parameters<typeof call>[0]) =>
    call(server, 'GET', `${configurationPath('checkout')}/kill`) as Promise<{
      delivery: { streams: number; sent: number; silent: { replica: string; streams: number; seenS: number }[] }
    }>

  it(
    'one that stands still harms nobody else, is named to whoever kills, and catches up when it wakes',
    async () => {
      const { healthy, other, here, there } = await startBoth()
      other.child.kill('SIGSTOP')

      const before = performance.now()
      await call(healthy, 'POST', `${configurationPath('checkout')}/kill`, { reason: 'errors' })
      await here.until('kill')
      expect(performance.now() - before).toBeLessThan(2000)
      const { delivery } = await eventually(
        () => readKill(healthy),
        (answer) => answer.delivery.streams === 1,
      )
      expect(delivery).toMatchObject({ sent: 1, silent: [{ streams: 1 }] })
      // A balancer that asks gets no answer and takes it out.
      await expect(fetch(`${other.url}/health/ready`, { signal: AbortSignal.timeout(500) })).rejects.toThrow('timeout')

      other.child.kill('SIGCONT')
      await there.until('kill')
      await eventually(
        () => readKill(healthy),
        (answer) => answer.delivery.streams === 2 && answer.delivery.silent.length === 0,
      )
      here.close()
      there.close()
    },
    PATIENCE_MS,
  )

  it(
    'one that lost the database serves on, says so, and its applications are told of the kill when it is back',
    async () => {
      let relay: Awaited<ReturnType<typeof startRelay>> | undefined
      const { healthy, other, here, there } = await startBoth(async (databaseUrl) => {
        relay = await startRelay(databaseUrl)
        undo.push(() => relay?.close())
        return relay.url
      })
      relay?.cut()
      await call(healthy, 'POST', `${configurationPath('checkout')}/kill`, { reason: 'errors' })
      await here.until('kill')
      const { delivery } = await eventually(
        () => readKill(healthy),
        (answer) => answer.delivery.streams === 1,
      )
      expect(delivery.silent).toMatchObject([{ streams: 1 }])
      await eventually(
        async () => (await (await fetch(`${other.url}/health/ready`)).json()) as { status: string },
        ({ status }) => status === 'degraded',
      )
      relay?.mend()
      await there.until('kill')
      here.close()
      there.close()
    },
    PATIENCE_MS,
  )

  it(
    'one that is killed takes nobody with it',
    async () => {
      const { healthy, other, here, there } = await startBoth()
      await other.stop('SIGKILL')
      await there.closed
      const { revision } = await call(healthy, 'POST', `${configurationPath('checkout')}/kill`, { reason: 'errors' })
      expect(await here.until('kill')).toMatchObject({ data: { revision } })
      here.close()
    },
    PATIENCE_MS,
  )
})
