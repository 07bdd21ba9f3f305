// How long an application's event loop stands still while flags arrive and change: 10 000 of them, over HTTP.
//
//   npm run bench -- sdk-stall [--flags 10000] [--rounds 3]
//
// The service has a process of its own. `idle` is what the machine does to a loop without work in the same process. The
// budget is held against the processor time of the application's thread between two turns, which is the stall where a
// machine has nothing else to do; `wall` beside it is what a clock says.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildSdk } from './build-sdk.ts'
import { startWorker } from './processes.ts'
import { median, round } from './statistics.ts'

const here = import.meta.dirname

interface Stall {
  cpu: number
  wall: number
}

const BUDGET_MS = 20
/** What the machine and the engine do by themselves, and calls that ask for everything at once. */
const UNJUDGED = new Set(['idle', 'firstFetch', 'firstAllFlags', 'allFlags', 'allFlagsAfterPatchOf100'])

export async function measure(args: string[]): Promise<object> {
  const options = { flags: { type: 'string', default: '10000' }, rounds: { type: 'string', default: '3' } } as const
  const { values } = parseArgs({ args, options })
  const folder = await mkdtemp(join(tmpdir(), 'rampart-bench-'))
  try {
    const sdkFile = process.env['RAMPART_BENCH_SDK'] ?? (await buildSdk(folder))
    const seen: Record<string, Stall[]> = {}
    for (let turn = 0; turn < Number(values.rounds); turn++) {
      for (const [name, stall] of Object.entries(await stalls(sdkFile, values.flags))) (seen[name] ??= []).push(stall)
    }
    const longest = Object.entries(seen).map(([name, all]) => {
      const [cpu, wall] = [round(median(all.map((one) => one.cpu))), round(median(all.map((one) => one.wall)))]
      return [name, { cpu, wall }] as const
    })
    return {
      unit: 'ms, longest stall, median of rounds',
      budget: BUDGET_MS,
      // allFlags is a call of the application's own, over all flags there are.
      isWithinBudget: longest.every(([name, { cpu }]) => UNJUDGED.has(name) || cpu <= BUDGET_MS),
      flags: Number(values.flags),
      ...Object.fromEntries(longest),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function stalls(sdkFile: string, flags: string): Promise<Record<string, Stall>> {
  const service = await startWorker(join(here, 'sdk/serving-child.ts'), [flags])
  const application = await startWorker(join(here, 'sdk/probing-child.mjs'), [
    sdkFile,
    `http://127.0.0.1:${service.ready}`,
  ])
  const ask = (step: string, more: object = {}) => application.ask<Stall>({ step, ...more })
  /** Watches first, then lets the service say its news. */
  let revision = 1
  const onNews = async (step: string, news: object) => {
    revision += 1
    const answer = ask(step, { revision })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await service.ask({ ...news })
    return answer
  }
  try {
    return {
      idle: await ask('idle'),
      firstFetch: await ask('firstFetch'),
      arrival: await ask('arrival'),
      firstAllFlags: await ask('allFlags'),
      allFlags: await ask('allFlags'),
      patchOf1: await onNews('change', { patch: 1 }),
      patchOf100: await onNews('change', { patch: 100 }),
      allFlagsAfterPatchOf100: await onNews('allFlagsAtOnce', { patch: 100 }),
      everythingReplaced: await onNews('change', { restored: true }),
    }
  } finally {
    await application.stop()
    await service.stop()
  }
}
