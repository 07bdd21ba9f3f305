// How fast flags are evaluated, beside the bare limit and whichever peers are installed in bench/peers.
//
//   npm run bench -- evaluation [--rounds 9] [--batch-ms 150] [--warm-ms 1200] [--only bare,rampart] [--workloads W1,W3]
//
// Each subject has a process of its own per workload. Rounds go round-robin and start with another subject each time;
// processes whose turn it is not are stopped. Ratios compare processor time with that of the bare limit in the same
// round, so a busy machine slows both.
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSdk } from './build-sdk.ts'
import { type Adapter, installedAdapters } from './peers/find-adapter.ts'
import { WORKLOADS } from './peers/workloads.ts'
import { median, round } from './statistics.ts'

type WorkloadName = keyof typeof WORKLOADS

interface Sample {
  wall: number
  cpu: number
}

interface Runner {
  adapter: Adapter
  child: ChildProcess
  isRight: boolean
  bytesPerCall: number
  count: number
  samples: Sample[]
}

/** Multiples of the bare limit; docs/benchmarks.md says why these. */
const BUDGETS: Record<WorkloadName, number> = { W1: 4, W2: 3, W2R: 5, W3: 3, W4: 3, W5: 4 }

interface Plan {
  rounds: number
  batchMs: number
  warmMs: number
  workloads: WorkloadName[]
  only: string[] | undefined
}

function readPlan(args: string[]): Plan {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: '9' },
      'batch-ms': { type: 'string', default: '150' },
      'warm-ms': { type: 'string', default: '1200' },
      only: { type: 'string' },
      workloads: { type: 'string' },
    },
  })
  return {
    rounds: Number(values.rounds),
    batchMs: Number(values['batch-ms']),
    warmMs: Number(values['warm-ms']),
    workloads: (values.workloads?.split(',') ?? Object.keys(WORKLOADS)) as WorkloadName[],
    only: values.only?.split(','),
  }
}

const folder = mkdtempSync(join(tmpdir(), 'rampart-bench-'))
/** Another build may be named, to compare two. */
const sdkFile = process.env['RAMPART_BENCH_SDK'] ?? (await buildSdk(folder))
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
  const child = fork(path, [JSON.stringify(job)], {
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // What a subject writes to disk goes when the run ends, also when its process is killed.
    env: { ...process.env, TMPDIR: folder, RAMPART_BENCH_SDK: sdkFile },
  })
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

function documentFor(adapter: Adapter, workload: WorkloadName): string {
  const path = join(folder, `${adapter.name.replaceAll(' ', '-')}-${workload}.json`)
  writeFileSync(path, JSON.stringify(adapter.translate(WORKLOADS[workload].snapshot())))
  return path
}

async function makeReady(adapter: Adapter, workload: WorkloadName, { warmMs, batchMs }: Plan): Promise<Runner> {
  const { file, name } = adapter
  const job = { file, name, workload, document: documentFor(adapter, workload) }
  const child = start('timed-child.mjs', job, ['--expose-gc'])
  await answerOf(child)
  const isRight = await answerOf<boolean>(child, { command: 'check' })
  if (!isRight) say(`${workload} ${name}: WRONG ANSWERS`)
  const count = await answerOf<number>(child, { command: 'warm', warmMs, batchMs })
  const bytesPerCall = await answerOf<number>(child, { command: 'litter' })
  child.kill('SIGSTOP')
  return { adapter, child, isRight, bytesPerCall, count, samples: [] }
}

async function timeWorkload(workload: WorkloadName, adapters: Adapter[], plan: Plan) {
  const runners: Runner[] = []
  for (const adapter of adapters) runners.push(await makeReady(adapter, workload, plan))
  for (let first = 0; first < plan.rounds; first++) {
    for (let turn = 0; turn < runners.length; turn++) {
      const runner = runners[(turn + first) % runners.length] as Runner
      runner.child.kill('SIGCONT')
      runner.samples.push(await answerOf<Sample>(runner.child, { command: 'measure', count: runner.count }))
      runner.child.kill('SIGSTOP')
    }
  }
  const bare = runners.find(({ adapter }) => adapter.name === 'bare')?.samples ?? []
  const subjects = runners.map(({ adapter, child, isRight, bytesPerCall, samples }) => {
    child.kill('SIGKILL')
    const cpu = samples.map((sample) => sample.cpu)
    const ratio = bare.length > 0 ? median(samples.map((sample, i) => sample.cpu / (bare[i]?.cpu ?? 1))) : 0
    const result = {
      name: adapter.name,
      answersChecked: isRight,
      cpuNs: round(median(cpu)),
      cpuNsLeast: round(Math.min(...cpu)),
      wallNs: round(median(samples.map((sample) => sample.wall))),
      ratio: round(ratio, 2),
      bytesPerCall: round(bytesPerCall),
    }
    say(
      `${workload} ${adapter.name.padEnd(28)} ${String(result.cpuNs).padStart(12)} ns  x${result.ratio}  ${result.bytesPerCall} B`,
    )
    return result
  })
  const own = subjects.find(({ name }) => name === 'rampart')?.ratio
  return {
    title: WORKLOADS[workload].title,
    budget: BUDGETS[workload],
    isWithinBudget: own === undefined ? null : own <= BUDGETS[workload],
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
async function coldStarts(adapters: Adapter[], rounds: number) {
  const samples = new Map<string, number[]>()
  for (let i = 0; i < rounds; i++) {
    const { cpuMs: empty } = await startOnce(null, 'W4')
    for (const adapter of adapters) {
      const { cpuMs } = await startOnce(adapter, 'W4')
      samples.set(adapter.name, [...(samples.get(adapter.name) ?? []), cpuMs - empty])
    }
  }
  return Object.fromEntries([...samples].map(([name, values]) => [name, round(median(values))]))
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
    result[adapter.name] = round(median(growth) / 2 ** 20, 2)
  }
  return result
}

export async function measure(args: string[]): Promise<object> {
  const plan = readPlan(args)
  const adapters = (await installedAdapters()).filter(({ name }) => plan.only?.includes(name) ?? true)
  const workloads: Record<string, object> = {}
  for (const name of plan.workloads) workloads[name] = await timeWorkload(name, adapters, plan)
  return {
    rounds: plan.rounds,
    workloads,
    coldStartCpuMs: { budget: 15, ...(await coldStarts(adapters, plan.rounds)) },
    heapMbPer1000Flags: { budget: 1, ...(await heaps(adapters)) },
  }
}
