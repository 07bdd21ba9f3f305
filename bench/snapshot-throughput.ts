// Snapshots a second on one server process, with its SDK key checked each time: "nothing new" (304) and brotli of 300
// flags. Against a bare node:http route with the same bytes; both are asked in turns by the same load process.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { startWorker } from './processes.ts'
import { startRampart } from './start-rampart.ts'
import { median, round } from './statistics.ts'

const FLAGS = 300
const ROUNDS = 5
const CONNECTIONS = 50
const SECONDS = 3
const here = import.meta.dirname

export async function measure(): Promise<object> {
  const rampart = await startRampart()
  const bare = await startWorker(join(here, 'snapshot-throughput/bare-server.ts'))
  const load = await startWorker(join(here, 'snapshot-throughput/load.ts'))
  try {
    for (let at = 0; at < FLAGS; at++) await rampart.api('POST', '/flags', describeFlag(at))
    const authorization = `Authorization: Bearer ${await rampart.sdkKey()}\r\n`
    const snapshot = await fetchSnapshot(rampart.url, authorization)
    await bare.ask({ etag: snapshot.etag, bodyBase64: snapshot.body.toString('base64') })

    const ask = (port: number, expect: 200 | 304, headers: string) =>
      load.ask<number>({ port, headers, connections: CONNECTIONS, seconds: SECONDS, expect })
    const current = `If-None-Match: ${snapshot.etag}\r\n`
    const brotli = 'Accept-Encoding: gzip, deflate, br\r\n'
    const results = { notModified: { bare: [0], rampart: [0] }, brotli: { bare: [0], rampart: [0] } }
    for (const series of Object.values(results)) series.bare.length = series.rampart.length = 0
    for (let turn = 0; turn <= ROUNDS; turn++) {
      const rates = [
        await ask(bare.ready as number, 304, current),
        await ask(rampart.port, 304, authorization + current),
        await ask(bare.ready as number, 200, brotli),
        await ask(rampart.port, 200, authorization + brotli),
      ]
      // The first turn warms both up.
      if (turn === 0) continue
      results.notModified.bare.push(rates[0] ?? 0)
      results.notModified.rampart.push(rates[1] ?? 0)
      results.brotli.bare.push(rates[2] ?? 0)
      results.brotli.rampart.push(rates[3] ?? 0)
    }
    return {
      unit: 'requests/s, median of rounds',
      flags: FLAGS,
      brotliBytes: snapshot.body.length,
      notModified: summary(results.notModified),
      brotli: summary(results.brotli),
    }
  } finally {
    await load.stop()
    await bare.stop()
    await rampart.stop()
  }
}

/** A flag unlike the others, as real ones are: equal ones would compress to nothing. */
function describeFlag(at: number): object {
  const variants = ['control', 'first', 'second'].map((name) => ({
    name,
    value: createHash('sha256').update(`${at} ${name}`).digest('base64url').slice(0, 24),
  }))
  return {
    key: `flag-${createHash('sha256').update(`${at}`).digest('hex').slice(0, 8)}`,
    type: 'string',
    variants,
    offVariant: 'control',
  }
}

function summary({ bare, rampart }: { bare: number[]; rampart: number[] }) {
  return {
    bare: round(median(bare), 0),
    rampart: round(median(rampart), 0),
    best: round(Math.max(...rampart), 0),
    /** Of rounds side by side, so that a busy machine slows both. */
    ratio: round(median(rampart.map((rate, at) => rate / (bare[at] ?? Number.NaN))), 2),
  }
}

/** The answer's very bytes: fetch would decompress them. */
async function fetchSnapshot(url: string, authorization: string): Promise<{ etag: string; body: Buffer }> {
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const headers = { authorization: authorization.trim().slice('Authorization: '.length), 'accept-encoding': 'br' }
    request(`${url}/sdk/v1/snapshot`, { headers }, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      resolve({ etag: response.headers.etag ?? '', body: Buffer.concat(chunks) })
    })
      .on('error', reject)
      .end()
  })
}
