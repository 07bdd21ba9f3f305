// From the click to the last client: kills through HTTP and Postgres to N raw event streams in another process, against
// the least that Node can do (a loop over node:http responses) with the same clients in the same run.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { measureBare } from './kill-latency/measure-bare.ts'
import { measureReceipts, measureTarget, rampartTarget } from './kill-latency/measure-target.ts'
import { startWorker } from './processes.ts'
import { startRampart } from './start-rampart.ts'
import { round } from './statistics.ts'

const KILLS = 20
const here = import.meta.dirname

/**
 * Options: numbers of streams; 1000 and, where descriptors allow, 10000 unless given. `replicas=3` spreads them over so many
 * servers with one Postgres.
 */
export async function measure(options: string[]): Promise<object> {
  const replicas = Number(options.find((option) => option.startsWith('replicas='))?.slice('replicas='.length) ?? 1)
  const given = options.filter((option) => /^\d+$/.test(option)).map(Number)
  const sizes = given.length > 0 ? given : [1000, 10_000].filter((size) => size + 4000 <= descriptors())
  const results = []
  for (const streams of sizes) {
    const bare = await measureBare(streams, KILLS)
    const rampart = await measureRampart(streams, replicas)
    results.push({
      streams,
      replicas,
      bare,
      rampart,
      ratio: {
        p50: round(rampart.p50 / bare.p50, 2),
        p99: round(rampart.p99 / bare.p99, 2),
        worst: round(rampart.worst / bare.worst, 2),
        cpu: round(rampart.cpuUsPerConnectionAndEvent / bare.cpuUsPerConnectionAndEvent, 2),
        rss: round(rampart.rssKbPerConnection / bare.rssKbPerConnection, 2),
      },
    })
  }
  return { unit: 'ms from the request to a client having the event', kills: KILLS, results }
}

function descriptors(): number {
  return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024)
}

async function measureRampart(streams: number, replicas: number) {
  const rampart = await startRampart(replicas)
  const clients = await startWorker(join(here, 'kill-latency/clients.ts'))
  try {
    const latency = await measureTarget(clients, streams, KILLS, await rampartTarget(rampart))
    return { ...latency, receipts: await measureReceipts(rampart, clients, streams) }
  } finally {
    await clients.stop()
    await rampart.stop()
  }
}
