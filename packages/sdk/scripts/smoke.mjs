// Does the built package import and answer on the oldest Node that it promises? Run after `pnpm build`:
//   node scripts/smoke.mjs
// Looks for a Node 20 in PATH; without one it says so and succeeds, because not every machine has one.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const OLDEST = 20
const dist = new URL('../dist/index.mjs', import.meta.url)

if (!existsSync(dist)) {
  console.error('There is no dist: run `pnpm --filter @rampart/sdk build` first.')
  process.exit(1)
}

const node = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/bin', '/usr/bin']
  .map((folder) => join(folder, process.platform === 'win32' ? 'node.exe' : 'node'))
  .find((path) => existsSync(path) && majorOf(path) === OLDEST)

if (node === undefined) {
  console.warn(`SKIPPED: no Node ${OLDEST} in PATH, so nobody knows whether the SDK runs there.`)
  process.exit(0)
}

const program = `
import { strict as assert } from 'node:assert'
import { createClient } from ${JSON.stringify(dist.href)}
const flag = { key: 'new-checkout', type: 'boolean', salt: 'new-checkout', offVariant: 'off', on: true, killed: false,
  variants: [{ name: 'on', value: true }, { name: 'off', value: false }], killRevision: 0, rules: [], allocation: 1,
  defaultServe: { rollout: { weight: 50_000, split: [{ variant: 'on', weight: 100_000 }] } }, revision: 1 }
const bootstrap = { epoch: 'E', revision: 1, project: 'p', environment: 'e', flags: [flag], segments: [] }
const options = { url: 'http://127.0.0.1:1', sdkKey: 'rps_smoke', bootstrap, onWarning: () => undefined }
const client = createClient(options)
let on = 0
for (let user = 0; user < 10_000; user += 1) if (client.isEnabled('new-checkout', 'user-' + user)) on += 1
assert.ok(Math.abs(on - 5_000) < 200, 'half of the users, not ' + on)
assert.equal(client.explain('new-checkout', 'user-1').source, 'bootstrap')
console.log(process.version + ': ' + client.explain('new-checkout', 'user-1'))
// No close and no process.exit: an SDK that waits for its service must not keep a process alive.
`
const run = spawnSync(node, ['--input-type=module', '--eval', program], { encoding: 'utf8', timeout: 30_000 })
process.stdout.write(run.stdout)
process.stderr.write(run.stderr)
if (run.status !== 0) {
  console.error(run.error?.message ?? `FAILED on ${node}`)
  process.exit(1)
}

function majorOf(path) {
  try {
    return Number(execFileSync(path, ['--version'], { encoding: 'utf8' }).slice(1).split('.')[0])
  } catch {
    return undefined
  }
}
