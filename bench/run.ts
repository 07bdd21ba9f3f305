// npm run bench -- <name> [options]: runs one benchmark, prints its figures as JSON and keeps them in bench/results.
import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname

/** What each benchmark exports: it measures, stops whatever it started, and returns plain figures. */
interface Benchmark {
  measure(options: string[]): Promise<object>
}

const [name, ...options] = process.argv.slice(2)
const file = join(here, `${name}.ts`)
if (!name || name === 'run' || !/^[a-z][a-z-]*$/.test(name) || !existsSync(file)) {
  const names = (await readdir(here)).filter((entry) => /^[a-z-]+\.ts$/.test(entry)).map((entry) => entry.slice(0, -3))
  const measuring: string[] = []
  for (const candidate of names) if (candidate !== 'run' && (await isBenchmark(candidate))) measuring.push(candidate)
  console.error(`Which one? npm run bench -- ${measuring.join(' | ')}`)
  process.exit(2)
}

const { measure } = (await import(file)) as Benchmark
const loadBefore = loadavg()[0]
const figures = await measure(options)
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  node: process.version,
  loadBefore,
  loadAfter: loadavg()[0],
}
const result = { benchmark: name, at: new Date().toISOString(), machine, ...figures }
await mkdir(join(here, 'results'), { recursive: true })
await writeFile(join(here, 'results', `${name}.json`), `${JSON.stringify(result, null, 2)}\n`)
console.log(JSON.stringify(result, null, 2))
process.exit(0)

async function isBenchmark(candidate: string): Promise<boolean> {
  const { readFile } = await import('node:fs/promises')
  return (await readFile(join(here, `${candidate}.ts`), 'utf8')).includes('export async function measure(')
}
