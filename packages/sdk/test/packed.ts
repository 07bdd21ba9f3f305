// The SDK as a stranger gets it: built, packed as it would be published, installed in an empty project without a network.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const SDK_FOLDER = fileURLToPath(new URL('..', import.meta.url))
const ROOT = join(SDK_FOLDER, '..', '..')
export const TSC = join(ROOT, 'node_modules', '.bin', 'tsc')

export interface Packed {
  /** The folder of the project; `tarball` lies in it. */
  folder: string
  tarball: string
}

/** @throws Error with the output of the step that failed */
export async function packAndInstall(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'rampart-stranger-'))
  await execute(join(SDK_FOLDER, 'node_modules', '.bin', 'tsdown'), [], SDK_FOLDER)
  await execute('pnpm', ['pack', '--pack-destination', folder], SDK_FOLDER)
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'))
  if (name === undefined) throw new Error('nothing was packed')
  const dependencies = { '@rampart/sdk': `file:./${name}` }
  await writeJson(join(folder, 'package.json'), { name: 'stranger', private: true, type: 'module', dependencies })
  const quiet = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--install-links']
  await execute('npm', ['install', ...quiet], folder)
  return { folder, tarball: join(folder, name) }
}

/** Links packages that an application brings along, as this workspace has them. */
export async function bring(folder: string, packages: string[]): Promise<void> {
  for (const name of packages) {
    const target = join(folder, 'node_modules', name)
    await run('mkdir', ['-p', dirname(target)])
    await symlink(await realpath(join(SDK_FOLDER, 'node_modules', name)), target)
  }
}

/** Compiles `files` of the project, strictly, and puts the JavaScript into `out`. @throws Error with what the compiler says */
export async function compile(folder: string, moduleKind: 'nodenext' | 'bundler', files: string[]): Promise<void> {
  const [module, moduleResolution] = moduleKind === 'nodenext' ? ['nodenext', 'nodenext'] : ['esnext', 'bundler']
  const compilerOptions = {
    module,
    moduleResolution,
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    // The types that we ship are looked at, too.
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules', '@types')],
    rootDir: '.',
    outDir: 'out',
  }
  const path = join(folder, `tsconfig.${moduleKind}.json`)
  await writeJson(path, { compilerOptions, files })
  await execute(TSC, ['-p', path], folder)
}

/** The code of the first example in the package's README. */
export async function readmeExample(): Promise<string> {
  const example = /```ts\n([\s\S]*?)```/.exec(await readFile(join(SDK_FOLDER, 'README.md'), 'utf8'))?.[1]
  if (example === undefined) throw new Error('README.md has no example')
  return example
}

/** Runs a program to its end. @throws Error with everything it printed */
export async function execute(program: string, args: string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await run(program, args, { cwd, timeout: 120_000, maxBuffer: 10_000_000 })
    return stdout
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string }
    throw new Error(`${program} ${args.join(' ')}: ${message}\n${stdout}\n${stderr}`, { cause: error })
  }
}

/** The first program of that name in PATH, or where systems keep it, of which `fits` holds. */
export async function findProgram(name: string, fits: (version: string) => boolean): Promise<string | undefined> {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/bin']
  for (const path of new Set(places.map((folder) => join(folder, name)))) {
    if (!existsSync(path)) continue
    const version = await execute(path, ['--version'], ROOT).catch(() => '')
    if (fits(version)) return path
  }
  return undefined
}

async function writeJson(path: string, content: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(content, null, 2))
}
