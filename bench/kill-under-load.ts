// Kills on a bad day: several replicas over one Postgres, while weights move, a thousand SDKs pour telemetry in, five
// thousand others reconnect at each kill and one reader stands still. Beside it the bare fan-out in peace, and as many bare processes
// under the same storm and telemetry.
import { join } from 'node:path'
import { type Load, startLoad } from './kill-latency/load.ts'
import { measureBare, measureBareUnderLoad } from './kill-latency/measure-bare.ts'
import { measureReceipts, measureTarget, rampartTarget } from './kill-latency/measure-target.ts'
import { sleep, startWorker } from './processes.ts'
import { startRampart } from './start-rampart.ts'
import { round } from './statistics.ts'

const here = import.meta.dirname

/** Options: `streams=10000`, `replicas=3`, `kills=20`, `storm=5000` SDKs that reconnect at each kill, `sdks=1000` that count. */
export async function measure(options: string[]): Promise<object> {
  const given = Object.fromEntries(options.map((option) => option.split('=')))
  const number = (name: string, fallback: number) => Number(given[name] ?? fallback)
  const [streams, kills] = [number('streams', 10_000), number('kills', 20)]
  const replicas = number('replicas', 3)
  const sizes = { storm: number('storm', 5000), sdks: number('sdks', 1000) }
  const bare = await measureBare(streams, kills)
  const bareUnderLoad = await measureBareUnderLoad(streams, kills, replicas, sizes)
  const rampart = await startRampart(replicas)
  const clients = await startWorker(join(here, 'kill-latency/clients.ts'))
  let load: Load | undefined
  try {
    const target = await rampartTarget(rampart)
    load = await startLoad(rampart, target, sizes)
    await sleep(3000)
    const loaded = await measureTarget(clients, streams, kills, target, load.reconnect)
    await load.reconnected()
    const receipts = await measureReceipts(rampart, clients, streams)
    const done = await load.stop()
    load = undefined
    const ratioTo = (reference: { p99: number; worst: number }) => ({
      p99: round(loaded.p99 / reference.p99, 2),
      worst: round(loaded.worst / reference.worst, 2),
    })
    return {
      unit: 'ms from the request to a client having the event',
      streams,
      replicas: rampart.replicas.length,
      kills,
      bare,
      bareUnderLoad,
      loaded,
      receipts,
      load: done,
      ratio: ratioTo(bare),
      ratioUnderLoad: ratioTo(bareUnderLoad),
    }
  } finally {
    await load?.stop()
    await clients.stop()
    await rampart.stop()
  }
}
