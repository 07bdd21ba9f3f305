// Kills of one target, timed at every client: what a bench of kills repeats, whatever else goes on meanwhile.
import { cpuMs, rssKb, sleep, type Worker } from '../processes.ts'
import type { Rampart } from '../start-rampart.ts'
import { median, percentile, round } from '../statistics.ts'

const SETTLING_MS = 5000
/** For patches, receipts and garbage collection of one kill to be over before the next. */
const PAUSE_MS = 400
/** Receipts that are not there by then are reported as missing. */
const PATIENCE_MS = 30_000
export const KILL_PATH = '/flags/checkout/environments/production'

interface Latency {
  p50: number
  p99: number
  last: number
}

/** What is killed: one process, or several replicas that hold a part of the streams each. */
export interface Target {
  ports: number[]
  pids: number[]
  headers: string
  /** Makes one event go out. */
  trigger(): Promise<unknown>
  /** Prepares the next one; its event is not measured. */
  rearm(): Promise<unknown>
}

/** The service as a target. Kills go to its first replica. */
export async function rampartTarget(rampart: Rampart): Promise<Target> {
  await rampart.api('POST', '/flags', { key: 'checkout' })
  /** Pressed again when it says NOT applied, as a person would; the clock runs on, and it is said. */
  async function press(what: 'kill' | 'restore'): Promise<void> {
    for (let press = 1; ; press++) {
      try {
        await rampart.api('POST', `${KILL_PATH}/${what}`, {})
        return
      } catch (error) {
        if (press === 10) throw error
        console.error(`${what}, press ${press}:`, error instanceof Error ? error.message : error)
      }
    }
  }
  return {
    ports: rampart.replicas.map(({ port }) => port),
    pids: rampart.replicas.map(({ pid }) => pid),
    headers: `Authorization: Bearer ${await rampart.sdkKey()}\r\n`,
    trigger: () => press('kill'),
    rearm: () => press('restore'),
  }
}

/** @param before runs right before each kill is pressed; what it starts goes on during the kill */
export async function measureTarget(
  clients: Worker,
  streams: number,
  kills: number,
  target: Target,
  before: () => void = () => {},
) {
  const sum = (of: (pid: number) => number) => target.pids.reduce((total, pid) => total + of(pid), 0)
  await target.trigger()
  await target.rearm()
  const rssBefore = sum(rssKb)
  await clients.ask({ open: streams, ports: target.ports, headers: target.headers, name: 'bench' })
  // What a fleet that has just come leaves to do is over: its rows are written, its garbage is collected.
  await sleep(SETTLING_MS)
  const rssKbPerConnection = round((sum(rssKb) - rssBefore) / streams)

  const times: Latency[] = []
  let cpu = 0
  let events = 0
  for (let kill = 0; kill < kills; kill++) {
    await clients.ask({ arm: true })
    before()
    const cpuBefore = sum(cpuMs)
    const clickedAt = Number(process.hrtime.bigint()) / 1e6
    const [arrivals] = await Promise.all([clients.ask<number[]>({ collect: true }), target.trigger()])
    const latencies = arrivals.map((at) => at - clickedAt).sort((a, b) => a - b)
    times.push({ p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), last: percentile(latencies, 1) })
    await sleep(PAUSE_MS)
    cpu += sum(cpuMs) - cpuBefore
    events += (await clients.ask<number>({ receipts: false })) / streams
    await target.rearm()
    await sleep(PAUSE_MS)
  }
  return {
    p50: round(median(times.map((kill) => kill.p50))),
    p99: round(median(times.map((kill) => kill.p99))),
    /** Of all kills, the last client of the worst. */
    last: round(median(times.map((kill) => kill.last))),
    worst: round(Math.max(...times.map((kill) => kill.last))),
    worstP99: round(Math.max(...times.map((kill) => kill.p99))),
    eventsPerKill: round(events / kills, 2),
    cpuUsPerConnectionAndEvent: round((cpu * 1000) / (streams * events)),
    rssKbPerConnection,
  }
}

interface KillAnswer {
  delivery: { streams: number; sent: number; sentMs: number; confirmed: number; confirmedMs: number }
}

/** How long until the service knows that every client serves the kill. */
export async function measureReceipts(rampart: Rampart, clients: Worker, streams: number) {
  const times = []
  for (let kill = 0; kill < 3; kill++) {
    await clients.ask({ receipts: true })
    await clients.ask({ arm: true })
    const clickedAt = performance.now()
    await rampart.api('POST', `${KILL_PATH}/kill`, {})
    let answer = await rampart.api<KillAnswer>('GET', `${KILL_PATH}/kill`)
    while (answer.delivery.confirmed < streams) {
      if (performance.now() - clickedAt > PATIENCE_MS) break
      await sleep(50)
      answer = await rampart.api<KillAnswer>('GET', `${KILL_PATH}/kill`)
    }
    const { streams: held, sent, sentMs, confirmed, confirmedMs } = answer.delivery
    const knownAfterMs = round(performance.now() - clickedAt)
    times.push({ streams: held, sent, sentMs, confirmed, confirmedMs, knownAfterMs })
    await clients.ask({ receipts: false })
    await rampart.api('POST', `${KILL_PATH}/restore`, {})
    await sleep(1000)
  }
  return times
}
