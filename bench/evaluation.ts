// How fast flags are evaluated, beside the bare limit and whichever peers are installed in bench/peers.
//
//   npm run bench -- evaluation [--rounds 5] [--batch-ms 50] [--warm-ms 400] [--only bare,rampart] [--workloads W1,W3]
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
import { startDocumentService } from './peers/document-service.ts'
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
      rounds: { type: 'string', default: '5' },
      'batch-ms': { type: 'string', default: '50' },
      'warm-ms': { type: 'string', default: '400' },
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
const service = await startDocumentService()
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

/** Writes what the adapter makes of the workload's flags, and says where it is. */
function documentFor(adapter: Adapter, workload: WorkloadName): { document: string; serviceUrl: string } {
  const name = `${adapter.name.replaceAll(' ', '-')}-${workload}`
  const document = join(folder, `${name}.json`)
  const translated = adapter.translate(WORKLOADS[workload].snapshot())
  const text = adapter.isText ? (translated as string) : JSON.stringify(translated)
  writeFileSync(document, text)
  return { document, serviceUrl: service.serve(name, text) }
}

async function makeReady(adapter: Adapter, workload: WorkloadName, { warmMs, batchMs }: Plan): Promise<Runner> {
  const { file, name } = adapter
  const job = { file, name, workload, ...documentFor(adapter, workload) }
  const child = start('timed-child.mjs', job, ['--expose-gc'])
  await answerOf(child)
  const isRight = await answerOf<boolean>(child, { command: 'check' })
  if (!isRight) say(`${workload} ${name}: WRONG ANSWERS`)
  const count = await answerOf<number>(child, { command: 'warm', warmMs, batchMs })
  const bytesPerCall = await answerOf<number>(child, { command: 'litter', most: count })
  child.kill('SIGSTOP')
  return { adapter, child, isRight, bytesPerCall, count, samples: [] }
}

/** Peers know no running ramp, or count it elsewhere. */
const isMeasured = (workload: WorkloadName, { name }: Adapter) => workload !== 'W2R' || !isPeer(name)

function isPeer(name: string): boolean {
  return name !== 'bare' && name !== 'rampart'
}

async function timeWorkload(workload: WorkloadName, adapters: Adapter[], plan: Plan) {
  const runners: Runner[] = []
  for (const adapter of adapters.filter((one) => isMeasured(workload, one))) {
    try {
      runners.push(await makeReady(adapter, workload, plan))
    } catch (error) {
      // A peer that cannot do it is no reason to measure nobody.
      say(`${workload} ${adapter.name}: ${error}`)
    }
  }
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
  const ratios = Object.fromEntries(subjects.map(({ name, ratio }) => [name, ratio]))
  return { title: WORKLOADS[workload].title, ...judge(ratios, BUDGETS[workload]), subjects }
}

/** How our figure stands to the budget, and to the best of the peers' own; undefined where one is missing. */
function judge(figures: Record<string, number>, budget: number) {
  const own = figures['rampart']
  const peers = Object.entries(figures).filter(([name]) => isPeer(name))
  const [bestPeer] = peers.toSorted(([, a], [, b]) => a - b)
  return {
    budget,
    isWithinBudget: own === undefined ? undefined : own <= budget,
    isAheadOfPeers: own === undefined || !bestPeer ? undefined : own < bestPeer[1],
    bestPeer: bestPeer?.join(' '),
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
    ...documentFor(adapter, workload),
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
  for (let i = 0; i <= rounds; i++) {
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
    // Ours is what is judged; of the peers one look will do.
    for (let i = 0; i < (isPeer(adapter.name) ? 1 : 3); i++) {
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
  const workloads: Record<string, Awaited<ReturnType<typeof timeWorkload>>> = {}
  for (const name of plan.workloads) workloads[name] = await timeWorkload(name, adapters, plan)
  const starts = await coldStarts(adapters, plan.rounds)
  const held = await heaps(adapters)
  const coldStartCpuMs = { ...judge(starts, 15), subjects: starts }
  const heapMbPer1000Flags = { ...judge(held, 1), subjects: held }
  service.close()
  const all = [...Object.values(workloads), coldStartCpuMs, heapMbPer1000Flags]
  return {
    rounds: plan.rounds,
    isWithinBudgets: all.every(({ isWithinBudget }) => isWithinBudget !== false),
    // Memory is held to its budget alone: a peer that compiles nothing holds less.
    isAheadOfPeers: [...Object.values(workloads), coldStartCpuMs].every(
      ({ isAheadOfPeers }) => isAheadOfPeers !== false,
    ),
    workloads,
    coldStartCpuMs,
    heapMbPer1000Flags,
  }
}
