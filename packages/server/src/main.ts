// env -> config -> server -> drain on SIGTERM. The only file of the server that knows the process.
import { pino } from 'pino'
import { ConfigError, readConfig } from './config.ts'
import { type RunningServer, startServer } from './server.ts'

let running: Promise<RunningServer> | undefined
let stopping = false

// Before the database is opened: a SIGTERM during the start must leave it closed as well.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop())

async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  try {
    const server = await running
    await server?.close()
    process.exit(0)
  } catch {
    process.exit(1)
  }
}

try {
  const config = readConfig(process.env)
  const log = pino({ level: process.env['LOG_LEVEL'] ?? 'warn' })
  running = startServer(config, log)
  const server = await running
  if (!stopping) console.log(`Rampart at ${server.url}`)
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
}
