// 100 000 evaluations' worth of counters a second from 1 000 SDKs, and what a kill to 1 000 streams takes meanwhile,
// against the same kills on the same server without them.
import { join } from 'node:path'
import postgres from 'postgres'
import { cpuMs, rssKb, sleep, startWorker, type Worker } from './processes.ts'
import { type Rampart, startRampart } from './start-rampart.ts'
import { median, percentile, round } from './statistics.ts'

const SDKS = 1_000
const FLUSH_MS = 10_000
const EVALUATIONS_PER_SECOND = 100_000
const FLAGS = 20
const COMPARED = 5
const STREAMS = 1_000
const KILLS = 20
const PAUSE_MS = 1_000
const PATH = '/flags/checkout/environments/production'
const here = import.meta.dirname

interface Sent {
  latencies: number[]
  refused: number
  failed: number
  bytes: number
}

/** Options: number of kills. */
export async function measure(options: string[]): Promise<object> {
  const kills = Number(options[0] ?? KILLS)
  const rampart = await startRampart()
  const streams = await startWorker(join(here, 'kill-latency/clients.ts'))
  const sdks = await startWorker(join(here, 'telemetry-load/sdks.ts'))
  try {
    const flags = Array.from({ length: FLAGS }, (_, at) => `flag-${at}`)
    for (const key of ['checkout', ...flags]) await rampart.api('POST', '/flags', { key })
    const key = await rampart.sdkKey()
    const headers = `Authorization: Bearer ${key}\r\n`
    await streams.ask({ open: STREAMS, ports: [rampart.port], headers, name: '' })
    await sleep(1_000)
    await killAndRestore(rampart)
    const idle = await measureKills(rampart, streams, kills)

    await sdks.ask({
      port: rampart.port,
      key,
      sdks: SDKS,
      flushMs: FLUSH_MS,
      flags,
      compared: COMPARED,
      ramped: 'flag-0',
      evaluations: (EVALUATIONS_PER_SECOND * FLUSH_MS) / 1000 / SDKS,
    })
    // One flush of everybody, until rows and caches are what they stay.
    await sleep(FLUSH_MS + 1_000)
    await sdks.ask({ collect: true })
    const startedAt = performance.now()
    const cpuBefore = cpuMs(rampart.pid)
    const loaded = await measureKills(rampart, streams, kills)
    const seconds = (performance.now() - startedAt) / 1000
    const cpu = (cpuMs(rampart.pid) - cpuBefore) / 1000 / seconds
    const sent = await sdks.ask<Sent>({ collect: true })
    await sdks.ask({ stop: true })
    return {
      load: {
        sdks: SDKS,
        flushMs: FLUSH_MS,
        evaluationsPerSecond: EVALUATIONS_PER_SECOND,
        flags: FLAGS,
        compared: COMPARED,
      },
      telemetry: describe(sent, seconds, round(cpu, 2), round(rssKb(rampart.pid) / 1024)),
      counted: await countStored(rampart),
      kills: { count: kills, streams: STREAMS, unit: 'ms from the request to a client having the event', idle, loaded },
    }
  } finally {
    await sdks.stop()
    await streams.stop()
    await rampart.stop()
  }
}

function describe(
  { latencies, refused, failed, bytes }: Sent,
  seconds: number,
  serverCores: number,
  serverRssMb: number,
) {
  const sorted = latencies.toSorted((a, b) => a - b)
  const evaluations = sorted.length * ((EVALUATIONS_PER_SECOND * FLUSH_MS) / 1000 / SDKS)
  return {
    seconds: round(seconds),
    batchesPerSecond: round(sorted.length / seconds),
    evaluationsPerSecond: Math.round(evaluations / seconds),
    megabytesPerSecond: round(bytes / seconds / 1e6, 2),
    refused,
    failed,
    acknowledgedMs: {
      p50: round(percentile(sorted, 0.5)),
      p99: round(percentile(sorted, 0.99)),
      worst: round(percentile(sorted, 1)),
    },
    serverCores,
    serverRssMb,
  }
}

async function killAndRestore(rampart: Rampart): Promise<void> {
  await rampart.api('POST', `${PATH}/kill`, {})
  await rampart.api('POST', `${PATH}/restore`, {})
}

async function measureKills(rampart: Rampart, clients: Worker, count: number) {
  const kills: number[][] = []
  for (let kill = 0; kill < count; kill += 1) {
    await clients.ask({ arm: true })
    const clickedAt = Number(process.hrtime.bigint()) / 1e6
    const [arrivals] = await Promise.all([
      clients.ask<number[]>({ collect: true }),
      rampart.api('POST', `${PATH}/kill`, {}),
    ])
    kills.push(arrivals.map((at) => at - clickedAt).sort((a, b) => a - b))
    await sleep(PAUSE_MS)
    await rampart.api('POST', `${PATH}/restore`, {})
    await sleep(PAUSE_MS)
  }
  const last = kills.map((latencies) => percentile(latencies, 1))
  return {
    p50: round(median(kills.map((latencies) => percentile(latencies, 0.5)))),
    p99: round(median(kills.map((latencies) => percentile(latencies, 0.99)))),
    last: round(median(last)),
    worst: round(Math.max(...last)),
  }
}

/** What is in the tables in the end: all that was acknowledged, and how much of it waits to be folded. */
async function countStored(rampart: Rampart) {
  const sql = postgres(rampart.databaseUrl, { max: 1 })
  try {
    const [row] = await sql`
      select (select count(*)::int from telemetry_minutes) as minutes,
        (select count(*)::int from ramp_sums) as "rampSums",
        (select count(*)::int from ramp_sum_deltas) as "unfoldedDeltas",
        (select sum(count)::float8 from telemetry_minutes join telemetry_series on id = series_id where metric = '') as evaluations`
    return row
  } finally {
    await sql.end()
  }
}
