// Kills a real server process by SIGKILL right after it acknowledged a change, again and again, and looks after each
// restart whether the change is there. `npm run bench -- crash-loop 50` runs it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import postgres from 'postgres'
import { verifyChain } from '../src/audit/chain.ts'
import { readConfig } from '../src/config.ts'
import { openStore } from '../src/db/client.ts'
import { startPostgres } from './databases.ts'
import { type ServerProcess, startProcess } from './server-process.ts'

export interface CrashReport {
  store: 'embedded' | 'postgres'
  times: number
  /** Acknowledged changes that were not there after the restart. */
  lost: string[]
  failedStarts: number
  /** Milliseconds from the start of a process to its banner. */
  restartMs: { median: number; worst: number }
  historyIsIntact: boolean
}

const TOKEN = 'crash-loop-admin-token'
const FLAGS = '/api/v1/projects/default/flags'
const PRODUCTION = `${FLAGS}/crash/environments/production`

/** `env` says which store the processes open. */
export async function crashLoop(
  store: CrashReport['store'],
  env: Record<string, string>,
  times: number,
): Promise<CrashReport> {
  const lost: string[] = []
  const restarts: number[] = []
  let failedStarts = 0
  let expected = { version: 1, weight: 0, killed: false }
  let server = await start()
  await call(server, 'POST', FLAGS, { key: 'crash' })

  for (let round = 1; round <= times; round++) {
    const next = { ...expected }
    // Edits and kills in turn; the process dies as soon as the status of the answer is here.
    if (round % 2 === 1) {
      next.weight = round
      next.version += 1
      const patch = { defaultServe: { rollout: { weight: round } } }
      await call(server, 'PATCH', PRODUCTION, patch, { 'if-match': `"v${expected.version}"` })
    } else {
      next.killed = !expected.killed
      await call(server, 'POST', `${PRODUCTION}/${next.killed ? 'kill' : 'restore'}`)
    }
    await server.stop('SIGKILL')
    expected = next
    server = await start()
    const found = await read(server)
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      lost.push(`round ${round}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`)
      expected = found
    }
  }
  await server.stop('SIGTERM')
  restarts.sort((a, b) => a - b)
  return {
    store,
    times,
    lost,
    failedStarts,
    restartMs: { median: restarts[restarts.length >> 1] ?? 0, worst: restarts.at(-1) ?? 0 },
    historyIsIntact: await historyIsIntact(env, times),
  }

  async function start(): Promise<ServerProcess> {
    const before = performance.now()
    for (let attempt = 1; ; attempt++) {
      try {
        const started = await startProcess({ ...env, RAMPART_ADMIN_TOKEN: TOKEN })
        restarts.push(Math.round(performance.now() - before))
        return started
      } catch (error) {
        failedStarts += 1
        if (attempt === 3) throw error
      }
    }
  }
}

async function call(server: ServerProcess, method: string, path: string, body: unknown = {}, headers = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
}

async function read(server: ServerProcess) {
  const response = await fetch(server.url + PRODUCTION, { headers: { authorization: `Bearer ${TOKEN}` } })
  const { version, defaultServe, kill } = (await response.json()) as {
    version: number
    defaultServe: { rollout: { weight: number } }
    kill: { killed: boolean }
  }
  return { version, weight: defaultServe.rollout.weight, killed: kill.killed }
}

/** One entry for the creation and one for each change, each linked to the one before. */
async function historyIsIntact(env: Record<string, string>, changes: number): Promise<boolean> {
  const store = await openStore(readConfig(env), pino({ level: 'silent' }))
  try {
    const [project] = await store.db.query.projects.findMany()
    const check = await verifyChain(store.db, project?.id ?? '')
    return check.intact && check.entries === changes + 1
  } finally {
    await store.close()
  }
}

/** The loop on a data directory of its own. */
async function crashEmbedded(times: number): Promise<CrashReport> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-crash-'))
  try {
    return await crashLoop('embedded', { RAMPART_DATA_DIR: folder }, times)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function crashPostgres(times: number): Promise<CrashReport> {
  const server = await startPostgres()
  try {
    const sql = postgres(`${server.url}/postgres`, { max: 1, onnotice: () => {} })
    await sql`create database crash`
    await sql.end()
    return await crashLoop('postgres', { DATABASE_URL: `${server.url}/crash` }, times)
  } finally {
    await server.stop()
  }
}

/** The loop on each store. */
export async function crashBoth(times: number): Promise<CrashReport[]> {
  return [await crashEmbedded(times), await crashPostgres(times)]
}
