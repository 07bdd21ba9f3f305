// The least that Node can do, with the same clients in the same run: every figure of a kill stands beside it.
import { join } from 'node:path'
import { startWorker, type Worker } from '../processes.ts'
import { type LoadSizes, startTraffic } from './load.ts'
import { measureTarget, type Target } from './measure-target.ts'

export async function measureBare(streams: number, kills: number) {
  return withBare(1, (target, clients) => measureTarget(clients, streams, kills, target))
}

/** The same under what clients do on a bad day, over as many processes. Nothing is edited, counted or written down. */
export async function measureBareUnderLoad(streams: number, kills: number, processes: number, sizes: LoadSizes) {
  return withBare(processes, async (target, clients) => {
    const load = await startTraffic(target, sizes, '')
    try {
      return await measureTarget(clients, streams, kills, target, load.reconnect)
    } finally {
      await load.stop()
    }
  })
}

async function withBare<T>(processes: number, measure: (target: Target, clients: Worker) => Promise<T>): Promise<T> {
  const script = join(import.meta.dirname, 'bare-server.ts')
  const servers = await Promise.all(Array.from({ length: processes }, () => startWorker(script)))
  const clients = await startWorker(join(import.meta.dirname, 'clients.ts'))
  const ports = servers.map(({ ready }) => ready as number)
  const press = async (port: number) => (await fetch(`http://127.0.0.1:${port}/kill`, { method: 'POST' })).text()
  const target = {
    ports,
    pids: servers.map(({ pid }) => pid),
    headers: '',
    trigger: () => Promise.all(ports.map(press)),
    rearm: async () => {},
  }
  try {
    return await measure(target, clients)
  } finally {
    await clients.stop()
    await Promise.all(servers.map((server) => server.stop()))
  }
}
