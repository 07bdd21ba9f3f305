// How fast flags are evaluated, beside the bare limit and whichever peers are installed in bench/peers. Prints JSON.
//
//   node bench/evaluation.ts [--rounds 9] [--batch-ms 150] [--warm-ms 1200] [--only bare,rampart] [--workloads W1,W3]
//
// Each subject has a process of its own per workload. Rounds go round-robin and start with another subject each time;
// processes whose turn it is not are stopped. Ratios compare processor time with that of the bare limit in the same
// round, so a busy machine slows both.
import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Adapter, installedAdapters } from './peers/find-adapter.ts'
import { WORKLOADS } from './peers/workloads.ts'

type WorkloadName = keyof typeof WORKLOADS

interface Sample {
  wall: number
  cpu: number
}

interface Runner {
  adapter: Adapter
  child: ChildProcess
  isRight: boolean
  count: number
  samples: Sample[]
}

/** Multiples of the bare limit; docs/benchmarks.md says why these. */
const BUDGETS: Record<WorkloadName, number> = { W1: 4, W2: 3, W3: 3, W4: 3, W5: 4 }

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    'batch-ms': { type: 'string', default: '150' },
    'warm-ms': { type: 'string', default: '1200' },
    only: { type: 'string' },
    workloads: { type: 'string' },
  },
})
const rounds = Number(options.rounds)
const batchMs = Number(options['batch-ms'])
const warmMs = Number(options['warm-ms'])
const workloadNames = (options.workloads?.split(',') ?? Object.keys(WORKLOADS)) as WorkloadName[]

const folder = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function start(file: string, job: object, execArgv: string[] = []): ChildProcess {
  const path = join(import.meta.dirname, 'peers', file)
  const child = fork(path, [JSON.stringify(job)], { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** The next message of a child; rejects when it dies instead. */
function answerOf<T>(child: ChildProcess, command?: object): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`the process ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      const { answer, problem } = message as { answer: T; problem?: string }
      if (problem === undefined) resolve(answer)
      else reject(new Error(problem))
    })
    if (command) child.send(command)
  })
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

const rounded = (value: number, digits = 1) => Number(value.toFixed(digits))

function documentFor(adapter: Adapter, workload: WorkloadName): string {
  const path = join(folder, `${adapter.name.replaceAll(' ', '-')}-${workload}.json`)
  writeFileSync(path, JSON.stringify(adapter.translate(WORKLOADS[workload].snapshot())))
  return path
}

async function makeReady(adapter: Adapter, workload: WorkloadName): Promise<Runner> {
  const { file, name } = adapter
  const child = start('timed-child.mjs', { file, name, workload, document: documentFor(adapter, workload) })
  await answerOf(child)
  const isRight = await answerOf<boolean>(child, { command: 'check' })
  if (!isRight) say(`${workload} ${name}: WRONG ANSWERS`)
  const count = await answerOf<number>(child, { command: 'warm', warmMs, batchMs })
  child.kill('SIGSTOP')
  return { adapter, child, isRight, count, samples: [] }
}

async function timeWorkload(workload: WorkloadName, adapters: Adapter[]) {
  const runners: Runner[] = []
  for (const adapter of adapters) runners.push(await makeReady(adapter, workload))
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const runner = runners[(turn + round) % runners.length] as Runner
      runner.child.kill('SIGCONT')
      runner.samples.push(await answerOf<Sample>(runner.child, { command: 'measure', count: runner.count }))
      runner.child.kill('SIGSTOP')
    }
  }
  const bare = runners.find(({ adapter }) => adapter.name === 'bare')?.samples ?? []
  const subjects = runners.map(({ adapter, child, isRight, samples }) => {
    child.kill('SIGKILL')
    const cpu = samples.map((sample) => sample.cpu)
    const ratio = bare.length > 0 ? median(samples.map((sample, i) => sample.cpu / (bare[i]?.cpu ?? 1))) : 0
    const result = {
      name: adapter.name,
      answersChecked: isRight,
      cpuNs: rounded(median(cpu)),
      cpuNsLeast: rounded(Math.min(...cpu)),
      wallNs: rounded(median(samples.map((sample) => sample.wall))),
      ratio: rounded(ratio, 2),
    }
    say(`${workload} ${adapter.name.padEnd(28)} ${String(result.cpuNs).padStart(12)} ns  x${result.ratio}`)
    return result
  })
  const own = subjects.find(({ name }) => name === 'rampart')?.ratio
  return {
    title: WORKLOADS[workload].title,
    budget: BUDGETS[workload],
    isWithinBudget: (own ?? 0) <= BUDGETS[workload],
    subjects,
  }
}

interface Started {
  cpuMs: number
  wallMs: number
  heap: number
}

async function startOnce(adapter: Adapter | null, workload: WorkloadName, measuresHeap = false): Promise<Started> {
  const job = adapter && {
    adapter: new URL(`peers/adapters/${adapter.file}`, import.meta.url).href,
    name: adapter.name,
    document: documentFor(adapter, workload),
    flag: WORKLOADS[workload].flag,
    measuresHeap,
  }
  const child = start('started-child.mjs', job ?? {}, measuresHeap ? ['--expose-gc'] : [])
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Started))
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)))
  })
}

/** Processor time from process start to the first answer with 1 000 flags, beyond that of an empty process. */
async function coldStarts(adapters: Adapter[]) {
  const samples = new Map<string, number[]>()
  for (let round = 0; round < rounds; round++) {
    const { cpuMs: empty } = await startOnce(null, 'W4')
    for (const adapter of adapters) {
      const { cpuMs } = await startOnce(adapter, 'W4')
      samples.set(adapter.name, [...(samples.get(adapter.name) ?? []), cpuMs - empty])
    }
  }
  return Object.fromEntries([...samples].map(([name, values]) => [name, rounded(median(values))]))
}

/** Heap after garbage collection with 1 000 flags, beyond the heap with one; every flag was evaluated once. */
async function heaps(adapters: Adapter[]) {
  const result: Record<string, number> = {}
  for (const adapter of adapters) {
    const growth: number[] = []
    for (let i = 0; i < 3; i++) {
      const one = await startOnce(adapter, 'W1', true)
      const thousand = await startOnce(adapter, 'W4', true)
      growth.push(thousand.heap - one.heap)
    }
    result[adapter.name] = rounded(median(growth) / 2 ** 20, 2)
  }
  return result
}

execFileSync('pnpm', ['--filter', '@rampart/sdk', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] })
const only = options.only?.split(',')
const adapters = (await installedAdapters()).filter(({ name }) => only === undefined || only.includes(name))
const loadBefore = loadavg()[0] ?? 0
const workloads: Record<string, Awaited<ReturnType<typeof timeWorkload>>> = {}
for (const name of workloadNames) workloads[name] = await timeWorkload(name, adapters)
const sdkBytes = statSync(join(import.meta.dirname, '../packages/sdk/dist/index.mjs')).size
const result = {
  what: 'evaluation',
  node: process.version,
  cpu: cpus()[0]?.model,
  load: [rounded(loadBefore), rounded(loadavg()[0] ?? 0)],
  rounds,
  workloads,
  coldStartCpuMs: { budget: 15, ...(await coldStarts(adapters)) },
  heapMbPer1000Flags: { budget: 1, ...(await heaps(adapters)) },
  sdkBytes,
}
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
process.exit(0)
