// The app as production builds it, on a database of its own.
import { randomUUID } from 'node:crypto'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { pino } from 'pino'
import postgres from 'postgres'
import { describe, inject } from 'vitest'
import { createSecret, hashSecret, SECRET_PREFIX, visiblePrefix } from '../src/access/secrets.ts'
import { createApp } from '../src/app.ts'
import { type Config, readConfig } from '../src/config.ts'
import type { Store } from '../src/db/client.ts'
import { embeddedStore } from '../src/db/embedded-store.ts'
import { openPostgresStore } from '../src/db/postgres-store.ts'
import { apiTokens } from '../src/db/schema/index.ts'
import type { Deps } from '../src/deps.ts'
import { createDeps, type RunningServer, type ServerOptions, startServer } from '../src/server.ts'

export type StoreKind = Store['kind']

export interface TestApp {
  deps: Deps
  store: Store
  /** A valid API token. */
  token: string
  /** A request as the admin: JSON in, `Response` out. `body` may be text to send something malformed. */
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
  /** A request exactly as given. */
  request(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

const silent = pino({ level: 'silent' })

/** URL of a fresh database, a clone of the migrated template. */
export async function createTestDatabase(): Promise<string> {
  const url = inject('postgresUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const maintenance = postgres(`${url}/postgres`, { max: 1, onnotice: () => {} })
  await maintenance.unsafe(`create database ${name} template rampart_template strategy file_copy`)
  await maintenance.end()
  return `${url}/${name}`
}

/** A data directory with a fresh embedded database. Whoever asks for it removes it. */
export async function createTestDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-data-'))
  await cp(inject('embeddedDirectory'), folder, { recursive: true })
  return folder
}

async function openTestStore(kind: StoreKind): Promise<Store> {
  if (kind === 'postgres') return openPostgresStore(await createTestDatabase(), silent)
  const dump = new Blob([await readFile(inject('embeddedDump'))])
  const client = await PGlite.create({ loadDataDir: dump })
  return embeddedStore(client, () => client.close())
}

/** The real app on its own database, reached by `app.request`: no port. */
export async function createTestApp(kind: StoreKind, config: Partial<Config> = {}): Promise<TestApp> {
  const store = await openTestStore(kind)
  const deps = await createDeps({ ...readConfig({ RAMPART_RATE_LIMIT: '0' }), ...config }, store, silent)
  const app = createApp(deps)
  const token = createSecret(SECRET_PREFIX.apiToken)
  await store.db.insert(apiTokens).values({ name: 'test admin', prefix: visiblePrefix(token), hash: hashSecret(token) })
  return {
    deps,
    store,
    token,
    async api(method, path, body, headers = {}) {
      return app.request(path, jsonRequest(token, method, body, headers))
    },
    async request(path, init) {
      return app.request(path, init)
    },
    async close() {
      await deps.delivery.close()
      await store.close()
    },
  }
}

function jsonRequest(token: string, method: string, body: unknown, headers: Record<string, string>): RequestInit {
  return {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }
}

export interface TestServer extends RunningServer {
  token: string
  databaseUrl: string
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
}

/** A server on a free port, started as in production, on Postgres; for streams and everything that needs a socket. */
export async function startTestServer(config: Partial<Config> = {}, options: ServerOptions = {}): Promise<TestServer> {
  const databaseUrl = config.databaseUrl ?? (await createTestDatabase())
  const token = config.adminToken ?? createSecret(SECRET_PREFIX.apiToken)
  const defaults = readConfig({ PORT: '0', RAMPART_RATE_LIMIT: '0' })
  const dataDir = await mkdtemp(join(tmpdir(), 'rampart-replica-'))
  const server = await startServer({ ...defaults, dataDir, databaseUrl, adminToken: token, ...config }, silent, options)
  return {
    ...server,
    async close() {
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
    token,
    databaseUrl,
    api: (method, path, body, headers = {}) => fetch(server.url + path, jsonRequest(token, method, body, headers)),
  }
}

/** The same tests on both stores. What needs several connections belongs into `describe('... (Postgres only)')`. */
export function describeOnBothStores(name: string, tests: (kind: StoreKind) => void): void {
  for (const kind of ['postgres', 'embedded'] as const) {
    describe(`${name} on ${kind}`, () => {
      tests(kind)
    })
  }
}
