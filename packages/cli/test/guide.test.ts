// "In five minutes" of docs/sdk.md, followed to the letter with the packages as they are published.
import { execFile, spawn } from 'node:child_process'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { TOKEN, useWorkplace } from './harness.ts'

const { api, url, folder } = useWorkplace()
const run = promisify(execFile)
const inRepository = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const TSC = inRepository('node_modules/typescript/bin/tsc')

it('a stranger has a typed flag in an application', async () => {
  const guide = await readFile(inRepository('docs/sdk.md'), 'utf8')
  const program = /```ts\n([\s\S]*?setInterval[\s\S]*?)```/.exec(guide)?.[1]?.replace(/^ {3}/gm, '') ?? ''
  const init = /npx tsc (--init [^`\n]*)/.exec(guide)?.[1]?.split(' ') ?? []
  const [command, manifest] = await Promise.all([publish('cli'), publish('sdk'), linkDependencies()])
  expect(manifest).toMatchObject({ exports: { '.': { default: './dist/index.mjs' } } })

  await api('POST', '/flags', { key: 'new-checkout' })
  const key = (await api('POST', '/environments/production/sdk-keys', { kind: 'server', name: 'app' })) as {
    key: string
  }
  const { PATH = '' } = process.env
  const env = { PATH, RAMPART_URL: url(), RAMPART_TOKEN: TOKEN, RAMPART_SDK_KEY: key.key }
  const inFolder = { cwd: folder(), env }
  await writeFile(join(folder(), 'package.json'), '{ "type": "module" }')
  await run(process.execPath, [TSC, ...init], inFolder)
  const bin = join(folder(), 'node_modules/@rampart/cli', command.bin?.['rampart'] ?? '')
  expect((await run(process.execPath, [bin, 'codegen'], inFolder)).stdout).toBe(
    'src/flags.gen.ts written: 1 flag of project "default".\n',
  )
  await writeFile(join(folder(), 'src/app.ts'), program)
  await run(process.execPath, [TSC, '-p', folder()], inFolder)

  const app = spawn(process.execPath, ['src/app.ts'], { ...inFolder, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = new Set<string>()
  try {
    for await (const chunk of app.stdout) {
      for (const line of String(chunk).trim().split('\n')) lines.add(line)
      if (lines.has('the old checkout') && lines.size === 1) await switchOn()
      if (lines.has('the new checkout')) break
    }
  } finally {
    app.kill()
  }
  expect([...lines]).toEqual(['the old checkout', 'the new checkout'])
}, 180_000)

interface Published {
  bin?: Record<string, string>
  exports?: unknown
}

/** Builds a package into `node_modules`, with the package.json that publishing makes of its own. */
async function publish(name: 'sdk' | 'cli'): Promise<Published> {
  const source = inRepository(`packages/${name}`)
  const target = join(folder(), 'node_modules/@rampart', name)
  await mkdir(target, { recursive: true })
  const tsdown = join(source, 'node_modules/tsdown/dist/run.mjs')
  await run(process.execPath, [tsdown, '--out-dir', join(target, 'dist')], { cwd: source })
  const { publishConfig, ...manifest } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'))
  const published = { ...manifest, ...publishConfig }
  await writeFile(join(target, 'package.json'), JSON.stringify(published))
  return published
}

async function linkDependencies(): Promise<void> {
  const modules = join(folder(), 'node_modules')
  await mkdir(modules, { recursive: true })
  await Promise.all([
    symlink(inRepository('packages/sdk/node_modules/murmurhash'), join(modules, 'murmurhash')),
    symlink(inRepository('packages/cli/node_modules/commander'), join(modules, 'commander')),
    symlink(inRepository('packages/cli/node_modules/hono'), join(modules, 'hono')),
    symlink(inRepository('node_modules/@types'), join(modules, '@types')),
  ])
}

/** What "switch it on in the console" sends. */
async function switchOn(): Promise<void> {
  const path = '/flags/new-checkout/environments/production'
  const { version } = (await api('GET', path)) as { version: number }
  await api(
    'PATCH',
    path,
    { on: true, defaultServe: { rollout: null, variant: 'on' } },
    { 'if-match': `"v${version}"` },
  )
}
