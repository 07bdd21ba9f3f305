// What a stranger installs: checked by the tools that look at packages, compiled by their compiler, run on their runtime.
import { execFile } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompressSync } from 'node:zlib'
import { build } from 'esbuild'
import { formatMessage } from 'publint/utils'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SIZE_LIMITS } from './bundle.ts'
import {
  bring,
  compile,
  execute,
  findProgram,
  packAndInstall,
  type Packed,
  readmeExample,
  SDK_FOLDER,
} from './packed.ts'
import { EPOCH, flagOf, snapshotText } from './fake-service.ts'

const PEERS = [
  'hono',
  'msw',
  '@openfeature/server-sdk',
  '@openfeature/web-sdk',
  '@openfeature/core',
  '@opentelemetry/api',
]
const WITHOUT_PEERS = ['', '/browser', '/edge', '/testing', '/node']
const LONG = 180_000

let packed: Packed
let manifest: { exports: Record<string, unknown>; dependencies?: Record<string, string> }
beforeAll(async () => {
  packed = await packAndInstall()
  manifest = JSON.parse(await readFile(join(packed.folder, 'node_modules/@rampart/sdk/package.json'), 'utf8'))
}, LONG)
afterAll(() => packed && rm(packed.folder, { recursive: true, force: true }))

describe('the tarball', () => {
  test('is what publint wants', { timeout: LONG }, async () => {
    const tarball = await readFile(packed.tarball)
    const buffer = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.length)
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: buffer } })
    expect(messages.map((message) => formatMessage(message, pkg ?? {}))).toEqual([])
  })

  test('has types that resolve wherever ESM does (attw)', { timeout: LONG }, async () => {
    const attw = join(SDK_FOLDER, 'node_modules/.bin/attw')
    expect(await execute(attw, [packed.tarball, '--profile', 'esm-only', '--no-color'], packed.folder)).not.toContain(
      '(CJS)',
    )
  })

  test('brings an edge build within its limits, as it is and when an application packs it again', async () => {
    const file = join(packed.folder, 'node_modules/@rampart/sdk/dist/edge/index.mjs')
    expect(brotliCompressSync(await readFile(file)).length).toBeLessThanOrEqual(SIZE_LIMITS.edge)
    const entry = { contents: `export { createEdgeClient } from '@rampart/sdk/edge'`, resolveDir: packed.folder }
    const options = { bundle: true, minify: true, write: false, format: 'esm', target: 'es2022' } as const
    const { outputFiles } = await build({ stdin: entry, ...options })
    const shipped = brotliCompressSync(outputFiles[0]?.contents ?? new Uint8Array()).length
    expect(shipped).toBeLessThanOrEqual(SIZE_LIMITS.edgePackedAgain)
  })

  test('needs no other package', () => {
    expect(manifest.dependencies).toBeUndefined()
  })
})

/** Half of all people get the flag, and a QA link shows it to the others. */
const rollout = { weight: 50_000, split: [{ variant: 'on', weight: 100_000 }] }
const flags = [flagOf('new-checkout'), flagOf('half', { defaultServe: { rollout } })]
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const linkKey = publicKey.export({ format: 'jwk' }).x
const content = Buffer.from('{"f":"half","v":"on","x":4000000000}').toString('base64url')
const token = `${content}.${sign(null, Buffer.from(`rampart-link.1.${content}`), privateKey).toString('base64url')}`
const lines = snapshotText({ epoch: EPOCH, revision: 1, flags }).replace('{', `{"linkKey":"${linkKey}",`)

const PROGRAM = `
import { createClient } from '@rampart/sdk'
globalThis.fetch = async (url) =>
  String(url).endsWith('/snapshot') ? new Response(${JSON.stringify(lines)}) : new Response(null, { status: 404 })
globalThis.user = { id: 'ann' }
globalThis.showNewCheckout = () => console.log('shown')
process.env.RAMPART_SDK_KEY = 'rps_example'
await import('./out/readme.js')
const client = createClient({ url: 'https://flags.test', sdkKey: 'rps_example', onWarning() {} })
await client.ready()
const users = Array.from({ length: 10_000 }, (_, user) => 'user-' + user)
console.log(users.filter((user) => client.isEnabled('half', user)).length)
const linked = await client.withLink('${token}')
console.log(users.filter((user) => linked.isEnabled('half', user)).length)
// No close and no exit: an SDK that waits for its service must not keep a process alive.
`

describe('in an empty project', () => {
  beforeAll(async () => {
    const declared = 'declare const user: { id: string }\ndeclare function showNewCheckout(): void\n'
    await writeFile(join(packed.folder, 'readme.ts'), (await readmeExample()) + declared)
    await writeFile(join(packed.folder, 'program.mjs'), PROGRAM)
    const imports = WITHOUT_PEERS.map((path, index) => `export * as entry${index} from '@rampart/sdk${path}'\n`)
    await writeFile(join(packed.folder, 'entries.ts'), imports.join(''))
    // The example of the README, under TypeScript strict with nodenext resolution: what runs below is what this makes of it.
    await compile(packed.folder, 'nodenext', ['readme.ts', 'entries.ts'])
  }, LONG)

  test('the example of the README compiles with bundler resolution, too', { timeout: LONG }, async () => {
    await expect(compile(packed.folder, 'bundler', ['readme.ts', 'entries.ts'])).resolves.toBeUndefined()
  })

  test('a slip does not compile', { timeout: LONG }, async () => {
    await writeFile(
      join(packed.folder, 'slip.ts'),
      `import { isEnabled } from '@rampart/sdk'\nisEnabled('a', 'ann', 'yes')\n`,
    )
    await expect(compile(packed.folder, 'nodenext', ['slip.ts'])).rejects.toThrow('is not assignable')
  })

  describe('the example of the README runs', async () => {
    const node = (major: number) => findProgram('node', (version) => version.startsWith(`v${major}.`))
    const runtimes = {
      'Node 20': await node(20),
      'Node 22': await node(22),
      'Node 24': await node(24),
      Bun: await findProgram('bun', (version) => version !== ''),
      Deno: await findProgram('deno', (version) => version !== ''),
    }
    for (const [name, path] of Object.entries(runtimes)) {
      const remark = path === undefined ? ': NOT RUN, there is none in PATH' : ''
      test.skipIf(path === undefined)(`on ${name}${remark}`, { timeout: LONG }, async () => {
        const program = join(packed.folder, 'program.mjs')
        const args = name === 'Deno' ? ['run', '--allow-all', '--no-prompt', program] : [program]
        expect(await execute(path as string, args, packed.folder)).toBe('shown\n5066\n10000\n')
      })
    }
  })

  test('every entry compiles beside what it goes with, and can be imported', { timeout: LONG }, async () => {
    await bring(packed.folder, PEERS)
    const paths = Object.keys(manifest.exports).map((path) => `@rampart/sdk${path.slice(1)}`)
    expect(paths.length).toBeGreaterThanOrEqual(10)
    const program = `${paths.map((path, index) => `import * as entry${index} from '${path}'`).join('\n')}
const entries = [${paths.map((_, index) => `entry${index}`).join(', ')}]
console.log(entries.map((entry) => Object.keys(entry).length > 0).join())\n`
    await writeFile(join(packed.folder, 'all.ts'), program)
    await compile(packed.folder, 'nodenext', ['all.ts'])
    const { stdout } = await promisify(execFile)(process.execPath, [join(packed.folder, 'out/all.js')])
    expect(stdout.trim().split(',')).toEqual(paths.map(() => 'true'))
  })
})
