// The whole tour on one machine: the service, a flag that is off, the shop that asks for it, and traffic.
//
//   npm run demo                             the service on the embedded database, in .rampart-demo
//   npm run demo -- --users 20000 --rate 0   other traffic: the driver's own options
//
// Ctrl-C stops all of it.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'

const servicePort = process.env.PORT ?? '4400'
const shopPort = process.env.SHOP_PORT ?? '4500'
const service = `http://127.0.0.1:${servicePort}`
const adminToken = process.env.RAMPART_ADMIN_TOKEN ?? `demo-${randomBytes(16).toString('hex')}`
const FLAG = 'new-checkout'

const children: ChildProcess[] = []

function startProcess(name: string, file: string, args: string[], env: Record<string, string>): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit', env: { ...process.env, ...env } })
  child.once('exit', (code) => {
    if (stopping) return
    console.error(`The ${name} stopped by itself (exit code ${code}); stopping the demo.`)
    stop(1)
  })
  children.unshift(child)
  return child
}

let stopping = false
/** Shop and driver first, so that the shop's last counters still find a service. */
async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await gone
  }
  process.exit(code)
}
process.on('SIGINT', () => void stop(0))
process.on('SIGTERM', () => void stop(0))

async function answers(url: string): Promise<void> {
  for (;;) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function api(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${service}/api/v1/projects/default${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

startProcess('service', '../../../packages/server/src/main.ts', [], {
  PORT: servicePort,
  RAMPART_ADMIN_TOKEN: adminToken,
  RAMPART_DATA_DIR: process.env.RAMPART_DATA_DIR ?? '.rampart-demo',
})
await answers(`${service}/health/live`)

const flag = await api('POST', '/flags', {
  key: FLAG,
  name: 'One-page checkout',
  description: 'Everything on one page.',
})
if (flag.status !== 201 && flag.status !== 409)
  throw new Error(`Could not create the flag: ${JSON.stringify(flag.body)}`)
const sdkKey = await api('POST', '/environments/production/sdk-keys', { kind: 'server', name: 'shop' })
if (sdkKey.status !== 201) throw new Error(`Could not create an SDK key: ${JSON.stringify(sdkKey.body)}`)

startProcess('shop', './shop.ts', [], {
  RAMPART_URL: service,
  RAMPART_SDK_KEY: (sdkKey.body as { key: string }).key,
  PORT: shopPort,
})
await answers(`http://127.0.0.1:${shopPort}/health`)

console.log(`
  Console    ${service}/flags/${FLAG}
  API token  ${adminToken}
  Shop       http://127.0.0.1:${shopPort}/checkout

  Ramp ${FLAG} in production, watch the lines below and the graph, then kill it. Ctrl-C stops everything.
`)
startProcess('driver', './driver.ts', ['--url', `http://127.0.0.1:${shopPort}`, ...process.argv.slice(2)], {})
  // The driver ends by itself when --rounds says so, and then the demo is over.
  .once('exit', (code) => void stop(code ?? 0))
