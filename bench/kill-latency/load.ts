// All that goes on beside a kill on a bad day, each in a process of its own where it costs something.
import { connect } from 'node:net'
import { join } from 'node:path'
import { sleep, startWorker } from '../processes.ts'
import type { Rampart } from '../start-rampart.ts'
import type { Target } from './measure-target.ts'

const EDITED_FLAGS = Array.from({ length: 20 }, (_, at) => `ramp-${at}`)
/** Five changes of a weight a second, as many ramps at once would make. */
const EDIT_EVERY_MS = 200
/** Large enough that a reader who does not read is noticed after a few. */
const BALLAST_KEYS = 6000
const BALLAST_EVERY_MS = 2000

export interface Load {
  /** Sends the storm away and lets it come back, without waiting for it. */
  reconnect(): void
  /** Resolves when the last storm is over. */
  reconnected(): Promise<void>
  /** Ends everything and says how much there was. */
  stop(): Promise<object>
}

export interface LoadSizes {
  /** SDKs that reconnect at each kill. */
  storm: number
  /** SDKs that send what they counted. */
  sdks: number
}

/** What clients do to any target: a storm that comes back at each kill, telemetry, and a reader that stands still. */
export async function startTraffic(target: Target, sizes: LoadSizes, stalledHeaders: string): Promise<Load> {
  const storm = await startWorker(join(import.meta.dirname, 'clients.ts'))
  // Without a name of their own: they are not counted among those who must confirm.
  const { headers, ports } = target
  let storming: Promise<unknown> = storm.ask({ open: sizes.storm, ports, headers, name: '' })
  let storms = 0
  await storming
  const telemetry = await startWorker(join(import.meta.dirname, 'telemetry.ts'))
  await telemetry.ask({ start: { sdks: sizes.sdks, ports, headers, flags: EDITED_FLAGS } })
  const stalled = stallReader(ports[0] ?? 0, stalledHeaders)
  return {
    reconnect() {
      storms++
      storming = storming
        .then(() => storm.ask({ close: true }))
        .then(() => storm.ask({ open: sizes.storm, ports, headers, name: '' }))
    },
    async reconnected() {
      await storming
    },
    async stop() {
      await storming
      const sent = await telemetry.ask<object>({ stop: true })
      const cut = stalled.stop()
      await Promise.all([telemetry.stop(), storm.stop()])
      return { telemetry: sent, reconnects: storms * sizes.storm, stalledReaderCut: cut }
    },
  }
}

/** The same, and edits: weights that move, and one large document for the reader that stands still. */
export async function startLoad(rampart: Rampart, target: Target, sizes: LoadSizes): Promise<Load> {
  for (const key of [...EDITED_FLAGS, 'ballast']) await rampart.api('POST', '/flags', { key })
  const stalledHeaders = `Authorization: Bearer ${await rampart.sdkKey('staging')}\r\n`
  const traffic = await startTraffic(target, sizes, stalledHeaders)
  let running = true
  // A function, because the loop ends from outside.
  const isRunning = () => running
  const edits = { done: 0, failed: 0 }
  async function keepEditing(everyMs: number, next: (turn: number) => { path: string; patch: object }): Promise<void> {
    for (let turn = 0; isRunning(); turn++) {
      await sleep(everyMs)
      const { path, patch } = next(turn)
      try {
        const { version } = await rampart.api<{ version: number }>('GET', path)
        await rampart.api('PATCH', path, patch, { 'if-match': `"v${version}"` })
        edits.done++
      } catch (error) {
        if (edits.failed++ === 0) console.error('an edit failed:', error)
      }
    }
  }
  const split = [{ variant: 'on', weight: 100_000 }]
  const keys = Array.from({ length: BALLAST_KEYS }, (_, at) => `somebody-with-a-long-key-${at}`)
  const editing = [
    keepEditing(EDIT_EVERY_MS, (turn) => ({
      path: `/flags/ramp-${turn % EDITED_FLAGS.length}/environments/production`,
      patch: { on: true, defaultServe: { rollout: { weight: (turn * 100) % 100_000, split } } },
    })),
    keepEditing(BALLAST_EVERY_MS, (turn) => ({
      path: '/flags/ballast/environments/staging',
      patch: { targets: [{ variant: 'on', keys: [...keys, `turn-${turn}`] }] },
    })),
  ]
  return {
    ...traffic,
    async stop() {
      running = false
      await Promise.all(editing)
      return { edits, ...(await traffic.stop()) }
    },
  }
}

/** A stream that is opened and never read; opened again whenever it is cut. */
function stallReader(port: number, headers: string) {
  let cut = 0
  let stopped = false
  function open(): ReturnType<typeof connect> {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.write(`GET /sdk/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`)
    socket.pause()
    // A paused socket does not hear the end; writing into it does.
    const probe = setInterval(() => socket.write('\r\n'), 1000)
    socket.once('close', () => {
      clearInterval(probe)
      if (stopped) return
      cut++
      current = open()
    })
    return socket
  }
  let current = open()
  return {
    stop() {
      stopped = true
      current.destroy()
      return cut
    },
  }
}
