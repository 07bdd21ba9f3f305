// Processor time until the first answer with 1 000 flags, beyond that of an empty process of the same round.
//
//   npm run bench -- sdk-start [--rounds 15]
import { fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSdk } from './build-sdk.ts'
import { flagsOf, linesOf, snapshotOf } from './sdk/flags.ts'
import { median, round } from './statistics.ts'

const FLAGS = 1_000
const BUDGET_MS = 15

export async function measure(args: string[]): Promise<object> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '15' } } })
  const folder = await mkdtemp(join(tmpdir(), 'rampart-bench-'))
  try {
    const sdkFile = process.env['RAMPART_BENCH_SDK'] ?? (await buildSdk(folder))
    const snapshot = snapshotOf(flagsOf(FLAGS))
    const files = { object: join(folder, 'bootstrap.json'), text: join(folder, 'bootstrap.ndjson') }
    await writeFile(files.object, JSON.stringify(snapshot))
    await writeFile(files.text, linesOf(snapshot))
    const empty: number[] = []
    const over: Record<keyof typeof files, number[]> = { object: [], text: [] }
    for (let turn = 0; turn < Number(values.rounds); turn++) {
      const floor = await cpuMsOf([])
      empty.push(floor)
      for (const format of ['object', 'text'] as const) {
        over[format].push((await cpuMsOf([sdkFile, files[format], format])) - floor)
      }
    }
    const figures = (format: keyof typeof files) => ({
      overEmptyMs: round(median(over[format])),
      least: round(Math.min(...over[format])),
      /** Of the empty process: a slow machine slows both. */
      share: round(median(over[format].map((ms, turn) => ms / (empty[turn] ?? 1))), 2),
    })
    const [object, text] = [figures('object'), figures('text')]
    return {
      unit: 'CPU ms',
      budget: BUDGET_MS,
      isWithinBudget: { object: object.overEmptyMs <= BUDGET_MS, text: text.overEmptyMs <= BUDGET_MS },
      emptyMs: round(median(empty)),
      object,
      text,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function cpuMsOf(args: string[]): Promise<number> {
  const child = fork(join(import.meta.dirname, 'sdk/asking-child.mjs'), args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as number))
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)))
  })
}
