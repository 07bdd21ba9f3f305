// Real processes for the journeys: started as a user would, stopped by signal, every one of them reaped.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../packages/server/test/databases.ts'

const project = fileURLToPath(new URL('..', import.meta.url))

export const ADMIN_TOKEN = 'e2e-admin-token-0123456789abcdef'

export interface Running {
  url: string
  /** Everything it printed so far, for a failure's message. */
  output(): string
  stop(signal?: NodeJS.Signals): Promise<void>
}

async function startAndWait(
  file: string,
  env: Record<string, string>,
  url: string,
  healthPath: string,
): Promise<Running> {
  const child: ChildProcess = spawn(process.execPath, [join(project, file)], {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (printed += chunk))
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const running: Running = {
    url,
    output: () => printed,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await exited
    },
  }
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${file} ended while starting:\n${printed}`)
    const answer = await fetch(url + healthPath).catch(() => null)
    if (answer?.ok) return running
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/**
 * A server process; embedded in a directory of its own unless a database is given. With `adminToken` empty nobody can
 * get in but by the set-up link it prints.
 */
export async function startService(
  options: { databaseUrl?: string; adminToken?: string } = {},
): Promise<Running & { dataDir: string }> {
  const port = await freePort()
  const dataDir = await mkdtemp(join(tmpdir(), 'rampart-e2e-'))
  const service = await startAndWait(
    'packages/server/src/main.ts',
    {
      PORT: String(port),
      RAMPART_ADMIN_TOKEN: options.adminToken ?? ADMIN_TOKEN,
      RAMPART_DATA_DIR: join(dataDir, 'data'),
      DATABASE_URL: options.databaseUrl ?? '',
    },
    `http://127.0.0.1:${port}`,
    '/health/ready',
  )
  return {
    ...service,
    dataDir,
    async stop(signal) {
      await service.stop(signal)
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The example shop, as a process of its own: the "separate application" of every claim about kills. */
export async function startShop(serviceUrl: string, sdkKey: string): Promise<Running> {
  const port = await freePort()
  return startAndWait(
    'examples/shop/src/shop.ts',
    { PORT: String(port), RAMPART_URL: serviceUrl, RAMPART_SDK_KEY: sdkKey },
    `http://127.0.0.1:${port}`,
    '/health',
  )
}

/** One call of the admin API with the admin token. */
export async function callApi<T>(serviceUrl: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${serviceUrl}/api/v1/projects/default${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

/** Sends users `user-0 .. user-(n-1)` through the shop's checkout; says for each whether the new one came. */
export async function visitCheckout(shopUrl: string, users: number): Promise<boolean[]> {
  const answers: boolean[] = []
  const BATCH = 50
  for (let first = 0; first < users; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, users - first) }, async (_, offset) => {
      const response = await fetch(`${shopUrl}/checkout`, { headers: { cookie: `shop_user=user-${first + offset}` } })
      await response.text()
      return response.headers.get('x-checkout') === 'new'
    })
    answers.push(...(await Promise.all(batch)))
  }
  return answers
}
