// The least that Node can do, with the same clients in the same run: every figure of a kill stands beside it.
import { join } from 'node:path'
import { startWorker } from '../processes.ts'
import { measureTarget } from './measure-target.ts'

export async function measureBare(streams: number, kills: number) {
  const server = await startWorker(join(import.meta.dirname, 'bare-server.ts'))
  const clients = await startWorker(join(import.meta.dirname, 'clients.ts'))
  const port = server.ready as number
  try {
    return await measureTarget(clients, streams, kills, {
      ports: [port],
      pids: [server.pid],
      headers: '',
      trigger: () => fetch(`http://127.0.0.1:${port}/`, { method: 'POST' }).then((response) => response.text()),
      rearm: async () => {},
    })
  } finally {
    await clients.stop()
    await server.stop()
  }
}
