// An application as a process of its own: asks a flag once a message comes, and says what it sees.
import { fork } from 'node:child_process'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { createClient } from '../src/index.ts'

const { url = '', role = 'alone' } = workerData ?? JSON.parse(process.env['CHILD'] ?? '{}')

const client = createClient({
  url,
  sdkKey: 'rps_processes',
  heartbeatMs: 200,
  flushIntervalMs: 60_000,
  onWarning: () => {},
})
await client.ready()

function ask(times: number): void {
  for (let time = 0; time < times; time++) client.isEnabled('a', `user-${time}`)
}

if (role === 'with-workers') {
  ask(1)
  const workers = [2, 3].map(
    (times) => new Worker(new URL(import.meta.url), { workerData: { url, role: 'worker', times } }),
  )
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))))
  await client.close()
} else if (role === 'worker') {
  ask(workerData.times)
  await client.close()
  parentPort?.close()
} else if (role === 'with-fork') {
  ask(1)
  const child = fork(new URL(import.meta.url), {
    env: { ...process.env, CHILD: JSON.stringify({ url, role: 'forked' }) },
  })
  await new Promise((resolve) => child.once('exit', resolve))
  ask(1)
  await client.close()
} else if (role === 'forked') {
  ask(4)
  await client.close()
} else {
  ask(5)
  // As a server's socket would: the SDK's own timers keep no process alive.
  const living = setInterval(() => {}, 60_000)
  client.onChange(() => process.send?.(client.isEnabled('a', 'ann')))
  process.once('SIGTERM', async () => {
    clearInterval(living)
    await client.close()
    process.exit(0)
  })
  process.send?.('asked')
}
