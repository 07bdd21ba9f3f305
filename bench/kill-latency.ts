// From the click to the last client: kills through HTTP and Postgres to N raw event streams in another process, against
// the least that Node can do (a loop over node:http responses) with the same clients in the same run.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cpuMs, rssKb, sleep, startWorker, type Worker } from './processes.ts'
import { type Rampart, startRampart } from './start-rampart.ts'
import { median, percentile, round } from './statistics.ts'

const KILLS = 20
/** For patches, receipts and garbage collection of one kill to be over before the next. */
const PAUSE_MS = 400
/** Receipts that are not there by then are reported as missing. */
const PATIENCE_MS = 30_000
const PATH = '/flags/checkout/environments/production'
const here = import.meta.dirname

interface Latency {
  p50: number
  p99: number
  last: number
}

interface Target {
  port: number
  pid: number
  headers: string
  /** Makes one event go out. */
  trigger(): Promise<unknown>
  /** Prepares the next one; its event is not measured. */
  rearm(): Promise<unknown>
}

/** Options: numbers of streams; 1000 and, where descriptors allow, 10000 unless given. */
export async function measure(options: string[]): Promise<object> {
  const sizes = options.length > 0 ? options.map(Number) : [1000, 10_000].filter((size) => size + 4000 <= descriptors())
  const results = []
  for (const streams of sizes) {
    const bare = await measureBare(streams)
    const rampart = await measureRampart(streams)
    results.push({
      streams,
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

async function measureBare(streams: number) {
  const server = await startWorker(join(here, 'kill-latency/bare-server.ts'))
  const clients = await startWorker(join(here, 'kill-latency/clients.ts'))
  const port = server.ready as number
  try {
    const trigger = () => fetch(`http://127.0.0.1:${port}/`, { method: 'POST' }).then((response) => response.text())
    return await measureTarget(clients, streams, { port, pid: server.pid, headers: '', trigger, rearm: async () => {} })
  } finally {
    await clients.stop()
    await server.stop()
  }
}

async function measureRampart(streams: number) {
  const rampart = await startRampart()
  const clients = await startWorker(join(here, 'kill-latency/clients.ts'))
  try {
    await rampart.api('POST', '/flags', { key: 'checkout' })
    const headers = `Authorization: Bearer ${await rampart.sdkKey()}\r\n`
    const latency = await measureTarget(clients, streams, {
      port: rampart.port,
      pid: rampart.pid,
      headers,
      trigger: () => rampart.api('POST', `${PATH}/kill`, {}),
      rearm: () => rampart.api('POST', `${PATH}/restore`, {}),
    })
    return { ...latency, receipts: await measureReceipts(rampart, clients) }
  } finally {
    await clients.stop()
    await rampart.stop()
  }
}

async function measureTarget(clients: Worker, streams: number, target: Target) {
  await target.trigger()
  await target.rearm()
  const rssBefore = rssKb(target.pid)
  await clients.ask({ open: streams, port: target.port, headers: target.headers })
  await sleep(1000)
  const rssKbPerConnection = round((rssKb(target.pid) - rssBefore) / streams)

  const kills: Latency[] = []
  let cpu = 0
  let events = 0
  for (let kill = 0; kill < KILLS; kill++) {
    await clients.ask({ arm: true })
    const cpuBefore = cpuMs(target.pid)
    const clickedAt = Number(process.hrtime.bigint()) / 1e6
    const [arrivals] = await Promise.all([clients.ask<number[]>({ collect: true }), target.trigger()])
    const latencies = arrivals.map((at) => at - clickedAt).sort((a, b) => a - b)
    kills.push({ p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), last: percentile(latencies, 1) })
    await sleep(PAUSE_MS)
    cpu += cpuMs(target.pid) - cpuBefore
    events += (await clients.ask<number>({ receipts: false })) / streams
    await target.rearm()
    await sleep(PAUSE_MS)
  }
  return {
    p50: round(median(kills.map((kill) => kill.p50))),
    p99: round(median(kills.map((kill) => kill.p99))),
    /** Of all kills, the last client of the worst. */
    last: round(median(kills.map((kill) => kill.last))),
    worst: round(Math.max(...kills.map((kill) => kill.last))),
    worstP99: round(Math.max(...kills.map((kill) => kill.p99))),
    eventsPerKill: round(events / KILLS, 2),
    cpuUsPerConnectionAndEvent: round((cpu * 1000) / (streams * events)),
    rssKbPerConnection,
  }
}

interface KillAnswer {
  delivery: { streams: number; sent: number; sentMs: number; confirmed: number; confirmedMs: number }
}

/** How long until the service knows that every client serves the kill. */
async function measureReceipts(rampart: Rampart, clients: Worker) {
  const times = []
  for (let kill = 0; kill < 3; kill++) {
    await clients.ask({ receipts: true })
    await clients.ask({ arm: true })
    const clickedAt = performance.now()
    await rampart.api('POST', `${PATH}/kill`, {})
    let answer = await rampart.api<KillAnswer>('GET', `${PATH}/kill`)
    while (answer.delivery.streams === 0 || answer.delivery.confirmed < answer.delivery.streams) {
      if (performance.now() - clickedAt > PATIENCE_MS) break
      await sleep(50)
      answer = await rampart.api<KillAnswer>('GET', `${PATH}/kill`)
    }
    times.push({ ...answer.delivery, lagging: undefined, knownAfterMs: round(performance.now() - clickedAt) })
    await clients.ask({ receipts: false })
    await rampart.api('POST', `${PATH}/restore`, {})
    await sleep(1000)
  }
  return times
}
