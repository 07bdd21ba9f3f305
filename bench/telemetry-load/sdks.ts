// A fleet of SDKs by what it sends: a batch per process and flush, as the SDK of Node freezes it. A process of its
// own, so that making the load is not measured with bearing it.
import { Agent, request } from 'node:http'

interface Start {
  port: number
  key: string
  sdks: number
  flushMs: number
  flags: string[]
  /** Of them: compared by their metrics; and the one whose ramp runs. */
  compared: number
  ramped: string
  /** Evaluations in one flush. */
  evaluations: number
}

const agent = new Agent({ keepAlive: false, maxSockets: 500 })
let latencies: number[] = []
let refused = 0
let failed = 0
let bytes = 0
let timers: NodeJS.Timeout[] = []

process.on('message', (message: Start | { collect: true } | { stop: true }) => {
  if ('port' in message) {
    start(message)
    process.send?.('started')
  } else if ('collect' in message) {
    process.send?.({ latencies, refused, failed, bytes })
    latencies = []
    refused = 0
    failed = 0
    bytes = 0
  } else {
    for (const timer of timers) clearInterval(timer)
    timers = []
    process.send?.('stopped')
  }
})
process.send?.('ready')

function start(given: Start): void {
  const content = JSON.stringify({ ...exposuresOf(given), ...rampsOf(given), ...metricsOf(given) }).slice(1)
  for (let sdk = 0; sdk < given.sdks; sdk += 1) {
    let seq = 0
    const flush = () => {
      seq += 1
      const head = `{"instance":"bench-${process.pid}-${sdk}","seq":${seq},"sdk":{"name":"rampart-node","version":"0.1.0"},"spanMs":${given.flushMs},`
      post(given, head + content)
    }
    setTimeout(
      () => {
        flush()
        timers.push(setInterval(flush, given.flushMs))
      },
      (sdk / given.sdks) * given.flushMs,
    )
  }
}

function post({ port, key }: Start, body: string): void {
  const startedAt = performance.now()
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const outgoing = request(
    { port, host: '127.0.0.1', path: '/sdk/v1/telemetry', method: 'POST', headers, agent },
    (answer) => {
      answer.resume()
      answer.on('end', () => {
        if (answer.statusCode !== 200) refused += 1
        else latencies.push(performance.now() - startedAt)
      })
    },
  )
  outgoing.on('error', () => {
    failed += 1
  })
  bytes += body.length
  outgoing.end(body)
}

/** Half of a flush's evaluations in each variant, over all flags. */
function exposuresOf({ flags, evaluations }: Start): object {
  const count = Math.max(1, Math.round(evaluations / flags.length / 2))
  const rows = flags.flatMap((flag) => ['on', 'off'].map((variant) => ({ flag, variant, allocation: 1, count })))
  return { exposures: rows }
}

function rampsOf({ ramped }: Start): object {
  const subBuckets = (fields: number[]) => Array.from({ length: 64 }, (_, at) => [at * 2, ...fields])
  const rows = [null, 'on'].flatMap((variant) => [
    { flag: ramped, allocation: 1, variant, subBuckets: subBuckets([3]) },
    { flag: ramped, allocation: 1, variant, metric: 'http.error', subBuckets: subBuckets([1, 3, 1, -6.9]) },
    { flag: ramped, allocation: 1, variant, metric: 'http.duration', subBuckets: subBuckets([1, 3, 301.25, 13.8]) },
  ])
  return { ramps: rows }
}

function metricsOf({ flags, compared }: Start): object {
  const bins = Array.from({ length: 40 }, (_, at) => [200 + at * 3, 1 + (at % 5)])
  const rows = flags.slice(0, compared).flatMap((flag) =>
    ['on', 'off'].flatMap((variant) => [
      { flag, variant, metric: 'http.error', count: 250, sum: 1, zeros: 249, bins: [[0, 1]] },
      { flag, variant, metric: 'http.duration', count: 120, sum: 12_000.5, zeros: 0, bins },
    ]),
  )
  return { metrics: rows }
}
