import { execFile } from 'node:child_process'
import { readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { useWorkplace } from './harness.ts'

const { rampart, api, read, folder } = useWorkplace()

beforeAll(async () => {
  await api('POST', '/flags', {
    key: 'new-checkout',
    name: 'New checkout',
    description: 'Ends here? */ never.\n@deprecated is only a word',
    owner: 'shop',
    clientVisible: true,
  })
  await api('POST', '/flags', {
    key: 'page-size',
    type: 'number',
    variants: [
      { name: 'large', value: 50 },
      { name: 'small', value: 20 },
    ],
    offVariant: 'small',
    owner: 'search',
  })
  await api('POST', '/flags', {
    key: 'theme',
    type: 'string',
    variants: [
      { name: 'day', value: 'light' },
      { name: 'night', value: '"dark"' },
    ],
    offVariant: 'day',
    clientVisible: true,
  })
  await api('POST', '/flags', {
    key: 'limits',
    type: 'object',
    variants: [
      { name: 'free', value: { perDay: 10, regions: ['eu'] } },
      { name: 'paid', value: { perDay: 1000, regions: [], burst: { perSecond: 1.5 }, notes: {}, tags: [] } },
    ],
    offVariant: 'free',
  })
  await api('POST', '/flags', { key: '2fa' })
  await api('POST', '/flags', { key: 'dark.mode' })
  await api('POST', '/flags', { key: 'dark_mode' })
  await api('POST', '/flags', { key: 'old-search', owner: 'search' })
  await api('POST', '/flags/old-search/archive', {})
})

describe('rampart codegen', () => {
  it('writes one typed accessor per flag, the same for the same flags', async () => {
    expect(await rampart(['codegen'])).toEqual({
      code: 0,
      stdout: 'src/flags.gen.ts written: 8 flags of project "default".\n',
      stderr: '',
    })
    await expect(await read('src/flags.gen.ts')).toMatchFileSnapshot('snapshots/flags.gen.txt')
    const { mtimeMs } = await stat(join(folder(), 'src/flags.gen.ts'))
    expect((await rampart(['codegen'])).stdout).toContain('src/flags.gen.ts is up to date')
    expect((await stat(join(folder(), 'src/flags.gen.ts'))).mtimeMs).toBe(mtimeMs)
    expect(await readdir(join(folder(), 'src'))).toEqual(['flags.gen.ts'])
  })

  it('makes wrong keys and wrong types compile errors', async () => {
    await rampart(['codegen'])
    await symlink(fileURLToPath(new URL('../node_modules', import.meta.url)), join(folder(), 'node_modules'))
    await writeFile(join(folder(), 'src/app.ts'), APPLICATION)
    await writeFile(join(folder(), 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder(), 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }))
    expect(await compile()).toBe('')
    await writeFile(join(folder(), 'src/ask.ts'), QUESTIONS)
    const asked = await promisify(execFile)(process.execPath, [join(folder(), 'src/ask.ts')])
    expect(JSON.parse(asked.stdout)).toEqual([true, 50, 'light', 20, 10, false, 7])
    // With each expected error gone, the compiler must complain of it: seven lines that an application must not write.
    await writeFile(join(folder(), 'src/app.ts'), APPLICATION.replaceAll('// @ts-expect-error', '//'))
    expect((await compile()).match(/error TS/g)).toHaveLength(7)
  })

  it('--no-archived leaves archived flags out', async () => {
    await rampart(['codegen', '--no-archived', '--out', 'lean.gen.ts'])
    expect(await read('lean.gen.ts')).not.toContain('old-search')
  })

  it('--check fails when a file is missing or old, and writes nothing', async () => {
    const missing = await rampart(['codegen', '--out', 'checked.gen.ts', '--check'])
    expect(missing).toMatchObject({ code: 1, stdout: '' })
    expect(missing.stderr).toBe(
      'checked.gen.ts is not up to date with the service. Run the same command without --check.\n',
    )
    await expect(read('checked.gen.ts')).rejects.toThrow('ENOENT')

    await rampart(['codegen', '--out', 'checked.gen.ts', '--manifest', 'checked.json'])
    expect(await rampart(['codegen', '--out', 'checked.gen.ts', '--check'])).toMatchObject({ code: 0, stderr: '' })
    await api('PATCH', '/flags/theme', { owner: 'design' })
    expect(await rampart(['codegen', '--out', 'checked.gen.ts', '--check'])).toMatchObject({ code: 1 })
    expect(await read('checked.gen.ts')).not.toContain('design')
    expect(await rampart(['manifest', '--out', 'checked.json', '--check'])).toMatchObject({ code: 0 })
    await api('PATCH', '/flags/theme', { owner: '' })
  })

  it('leaves a file alone that it did not write', async () => {
    await writeFile(join(folder(), 'mine.ts'), 'export const flags = []\n')
    const run = await rampart(['codegen', '--out', 'mine.ts'])
    expect(run).toMatchObject({
      code: 2,
      stderr: 'mine.ts was not generated. Choose another file, or remove it first.\n',
    })
    expect(await read('mine.ts')).toBe('export const flags = []\n')
  })

  it('leaves nothing behind where it cannot write', async () => {
    const run = await rampart(['codegen', '--out', 'mine.ts/flags.gen.ts'])
    expect(run.code).toBe(2)
    expect(run.stderr).toMatch(/^mine.ts\/flags.gen.ts cannot be (read|written): /)
  })
})

describe('rampart manifest', () => {
  it("prints OpenFeature's flag manifest", async () => {
    const { code, stdout } = await rampart(['manifest'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout).flags).toEqual({
      '2fa': { flagType: 'boolean', defaultValue: false },
      'dark.mode': { flagType: 'boolean', defaultValue: false },
      dark_mode: { flagType: 'boolean', defaultValue: false },
      limits: { flagType: 'object', defaultValue: { perDay: 10, regions: ['eu'] } },
      'new-checkout': {
        flagType: 'boolean',
        defaultValue: false,
        description: 'Ends here? */ never.\n@deprecated is only a word',
      },
      'page-size': { flagType: 'integer', defaultValue: 20 },
      theme: { flagType: 'string', defaultValue: 'light' },
    })
  })
})

const COMPILER_OPTIONS = {
  target: 'es2023',
  lib: ['es2023', 'dom', 'dom.iterable'],
  module: 'nodenext',
  strict: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  isolatedDeclarations: true,
  declaration: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  types: ['node'],
  typeRoots: [fileURLToPath(new URL('../../../node_modules/@types', import.meta.url))],
}

const APPLICATION = `
import { createClient } from '@rampart/sdk'
import { createBrowserClient } from '@rampart/sdk/browser'
import { createEdgeClient } from '@rampart/sdk/edge'
import { createTestClient } from '@rampart/sdk/testing'
import { type FlagAccessors, type Flags, flags, type PageFlags } from './flags.gen.ts'

const client = createClient<Flags>({ url: 'http://127.0.0.1', sdkKey: 'rps_x' })
const page = createBrowserClient<PageFlags>({ url: 'http://127.0.0.1', clientKey: 'rpc_x' })
const { newCheckout, pageSize, limits, theme }: FlagAccessors = flags(client)

export const enabled: boolean = newCheckout('ann') && client.isEnabled('new-checkout', 'ann')
export const size: 20 | 50 = pageSize({ key: 'ann', plan: 'pro' }, 50)
export const burst: number | undefined = limits('ann').burst?.perSecond
export const look: 'light' | '"dark"' = theme('ann')
export const variant: 'day' | 'night' = client.variant('theme', 'ann', 'day')
export const shown: boolean = page.isEnabled('new-checkout')
export const anywhere: FlagAccessors[] = [flags(createTestClient<Flags>({ theme: 'light' })), flags(createEdgeClient<Flags>({}))]
export const untyped: FlagAccessors = flags(createTestClient())

// @ts-expect-error no such flag
client.isEnabled('new-chekout', 'ann')
// @ts-expect-error a number, not a text
client.value('page-size', 'ann', 'text')
// @ts-expect-error no such accessor
flags(client).newChekout('ann')
// @ts-expect-error a number, not a text
pageSize('ann', 'text')
// @ts-expect-error not a value of this flag
pageSize('ann', 30)
// @ts-expect-error no such variant
client.variant('theme', 'ann') === 'nihgt'
// @ts-expect-error pages may not see it
page.value('page-size', 20)
`

/** Declared flags, then fallbacks: the value of the off variant, or what the caller says. */
const QUESTIONS = `
import { createTestClient } from '@rampart/sdk/testing'
import { type Flags, flags } from './flags.gen.ts'

const declared = flags(createTestClient<Flags>({ 'new-checkout': true, 'page-size': 50, theme: 'light' }))
const unknown = flags(createTestClient<Flags>())
const answers = [declared.newCheckout('ann'), declared.pageSize('ann'), declared.theme('ann')]
const fallbacks = [unknown.pageSize('ann'), unknown.limits('ann').perDay, unknown.newCheckout('ann')]
console.log(JSON.stringify([...answers, ...fallbacks, unknown.limits('ann', { perDay: 7, regions: [] }).perDay]))
`

/** What the compiler has to say. */
function compile(): Promise<string> {
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', folder()], (_error, stdout, stderr) => resolve(stdout + stderr))
  })
}
