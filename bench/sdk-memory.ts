// What flags take of an application's memory: fresh processes with 1, 1 000 and 10 000 of them, after garbage collection.
//
//   npm run bench -- sdk-memory [--rounds 3]
//
// Everything is compiled, evaluated and counted once. The step from 1 to 1 000 holds code as well, which the engine makes
// while it is at it; the one from 1 000 to 10 000 is flags alone.
import { fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSdk } from './build-sdk.ts'
import { flagsOf, linesOf, snapshotOf } from './sdk/flags.ts'
import { median, round } from './statistics.ts'

const MB = 2 ** 20
const BUDGET = 1

interface Held {
  heapUsed: number
  external: number
}

export async function measure(args: string[]): Promise<object> {
  const { values } = parseArgs({ args, options: { rounds: { type: 'string', default: '3' } } })
  const folder = await mkdtemp(join(tmpdir(), 'rampart-bench-'))
  try {
    const sdkFile = process.env['RAMPART_BENCH_SDK'] ?? (await buildSdk(folder))
    const perThousand: Record<
      string,
      { heapUpTo1000: number; heapUpTo10000: number; outsideTheHeap: number; text: number }
    > = {}
    for (const likeness of ['alike', 'unlike'] as const) {
      const bytes = async (count: number) => {
        const text = linesOf(snapshotOf(flagsOf(count, likeness)))
        const file = join(folder, `${likeness}-${count}.ndjson`)
        await writeFile(file, text)
        const rounds: Held[] = []
        for (let turn = 0; turn < Number(values.rounds); turn++) rounds.push(await holding(sdkFile, file))
        return {
          heap: median(rounds.map(({ heapUsed }) => heapUsed)),
          external: median(rounds.map((one) => one.external)),
          text: text.length,
        }
      }
      const [one, thousand, tenThousand] = [await bytes(1), await bytes(1_000), await bytes(10_000)]
      perThousand[likeness] = {
        heapUpTo1000: round((thousand.heap - one.heap) / MB, 2),
        heapUpTo10000: round((tenThousand.heap - thousand.heap) / MB / 9, 2),
        outsideTheHeap: round((tenThousand.external - thousand.external) / MB / 9, 2),
        text: round(thousand.text / MB, 2),
      }
    }
    const heaps = Object.values(perThousand).flatMap(({ heapUpTo1000, heapUpTo10000 }) => [heapUpTo1000, heapUpTo10000])
    const isWithinBudget = heaps.every((megabytes) => megabytes <= BUDGET)
    return { unit: 'MB per 1 000 flags', budget: BUDGET, isWithinBudget, ...perThousand }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is in use in a fresh process that holds the flags in `file`. */
function holding(sdkFile: string, file: string): Promise<Held> {
  const child = fork(join(import.meta.dirname, 'sdk/holding-child.ts'), [sdkFile, file, 'all'], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as Held))
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)))
  })
}
