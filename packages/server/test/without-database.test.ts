// Two replicas whose Postgres is really stopped: one is killed and started again while it is away.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@rampart/sdk'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningPostgres, startPostgres } from './databases.ts'
import { call, configurationPath, createFlag, createSdkKey, eventually, ramp } from './delivery/given.ts'
import { openSse } from './delivery/sse-client.ts'
import { type ServerProcess, startProcess } from './server-process.ts'

const TOKEN = 'a-token-for-a-dark-hour'
/** Processes take their time where many run. */
const PATIENCE_MS = 120_000

describe('replicas whose database is stopped (Postgres only)', () => {
  let database: RunningPostgres
  let databaseUrl: string
  const folders: string[] = []
  const running: ServerProcess[] = []

  beforeEach(async () => {
    database = await startPostgres()
    databaseUrl = `${database.url}/rampart`
    const maintenance = postgres(`${database.url}/postgres`, { max: 1, onnotice: () => {} })
    await maintenance`create database rampart`
    await maintenance.end()
  }, PATIENCE_MS)
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop('SIGKILL')
    await database.stop()
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
  }, PATIENCE_MS)

  async function newFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'rampart-copy-'))
    folders.push(folder)
    return folder
  }

  async function start(folder: string, port = 0) {
    const server = await startProcess({
      DATABASE_URL: databaseUrl,
      RAMPART_ADMIN_TOKEN: TOKEN,
      RAMPART_DATA_DIR: folder,
      PORT: String(port),
    })
    running.push(server)
    return {
      ...server,
      api: (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
        fetch(server.url + path, {
          method,
          headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
    }
  }

  const ready = async (server: { url: string }) => {
    const response = await fetch(`${server.url}/health/ready`)
    return { code: response.status, ...((await response.json()) as { status: string; problems: string[] }) }
  }

  it(
    'start, serve their own copy, refuse changes at once, and become ready by themselves',
    async () => {
      const folder = await newFolder()
      const one = await start(folder)
      const two = await start(await newFolder())
      await createFlag(one, 'checkout')
      await createFlag(one, 'killed-one')
      await ramp(one, 'checkout', 100_000)
      await ramp(one, 'killed-one', 100_000)
      const used = await createSdkKey(one)
      // No application has used this one yet: its hash comes from the copy alone.
      const unused = await createSdkKey(two)
      const bound = await call(two, 'POST', '/api/v1/projects/default/environments/production/sdk-keys', {
        kind: 'client',
        name: 'web',
        origins: ['https://shop.example'],
      })
      const { revision } = await call(one, 'POST', `${configurationPath('killed-one')}/kill`, { reason: 'errors' })
      const served = (server: { url: string }) =>
        fetch(`${server.url}/sdk/v1/snapshot`, { headers: { authorization: `Bearer ${used.key}` } })
      await eventually(
        async () => (await served(one)).headers.get('etag'),
        (etag) => etag?.endsWith(`.${revision}"`) ?? false,
      )
      await eventually(
        () => copiedRevision(folder),
        (copied) => copied === revision,
      )
      await eventually(
        () => copiedKeys(folder),
        (keys) => [used, unused, bound].every(({ id }) => keys.includes(id)),
      )

      await database.pause()
      await one.stop('SIGKILL')
      const again = await start(folder, Number(new URL(one.url).port))
      expect(await ready(again)).toMatchObject({
        code: 200,
        status: 'degraded',
        problems: expect.arrayContaining([expect.stringMatching(/^serving the copy that this replica wrote at 20/)]),
      })

      const client = createClient({ url: again.url, sdkKey: unused.key })
      await client.ready({ timeoutMs: 10_000 })
      expect(client.isEnabled('checkout', 'ann')).toBe(true)
      expect(client.isEnabled('killed-one', 'ann')).toBe(false)
      const stream = await openSse(`${again.url}/sdk/v1/stream`, used.key)
      expect(await stream.next()).toMatchObject({ event: 'reset', data: { revision } })
      const fromPage = (origin: string) =>
        fetch(`${again.url}/sdk/v1/evaluate`, {
          method: 'POST',
          headers: { authorization: `Bearer ${bound.key}`, 'content-type': 'application/json', origin },
          body: '{}',
        })
      expect((await fromPage('https://shop.example')).status).toBe(200)
      expect((await fromPage('https://evil.example')).status).toBe(403)
      // It could be a key: only the database knows.
      const authorization = `Bearer rps_${'x'.repeat(43)}`
      const stranger = await fetch(`${again.url}/sdk/v1/snapshot`, { headers: { authorization } })
      expect(stranger.status).toBe(503)

      for (const server of [again, two]) {
        const before = performance.now()
        const refused = await server.api('POST', `${configurationPath('checkout')}/kill`, { reason: 'now' })
        expect(performance.now() - before).toBeLessThan(3000)
        expect(refused.status).toBe(503)
        expect(await refused.json()).toMatchObject({ error: { message: expect.stringMatching(/^NOT applied/) } })
      }

      await database.resume()
      for (const server of [again, two]) {
        await eventually(
          () => ready(server),
          ({ status }) => status === 'ready',
          60_000,
        )
      }
      // What was refused did not happen.
      expect(await call(again, 'GET', `${configurationPath('checkout')}/kill`)).toMatchObject({ killed: false })
      await call(two, 'POST', `${configurationPath('checkout')}/kill`, { reason: 'now' })
      await stream.until('kill')
      await eventually(
        async () => client.isEnabled('checkout', 'ann'),
        (enabled) => !enabled,
      )
      stream.close()
      await client.close()
    },
    PATIENCE_MS,
  )

  it(
    'refuse to start with nothing to serve, and say so',
    async () => {
      await database.pause()
      await expect(start(await newFolder())).rejects.toThrow(
        /cannot be reached, and there is no copy of it here to serve/,
      )
      await database.resume()
    },
    PATIENCE_MS,
  )
})

/** The newest revision of production in a replica's copy. */
async function copiedRevision(folder: string): Promise<number> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.ndjson')) continue
    const [, header = '{}'] = (await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n')
    const { environment, revision } = JSON.parse(header) as { environment?: string; revision?: number }
    if (environment === 'production') return revision ?? 0
  }
  return 0
}

/** The file of SDK keys in a replica's copy; it is written apart from the flags. */
async function copiedKeys(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true })
  const name = names.find((candidate) => candidate.endsWith('keys.json'))
  return name ? readFile(join(folder, name), 'utf8').catch(() => '') : ''
}
