// env -> config -> server -> drain on SIGTERM. The only file of the server, beside restore.ts, that knows the process.
import { describeStart, describeStartFailure } from './banner.ts'
import { readConfig } from './config.ts'
import { createLog } from './log.ts'
import { type RunningServer, startServer } from './server.ts'

let starting: Promise<RunningServer> | undefined
let isStopping = false

// Before the database is opened: a SIGTERM during the start must leave it closed as well.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop())

async function stop(): Promise<void> {
  if (isStopping) return
  isStopping = true
  const server = await starting?.catch(() => undefined)
  await server?.close()
  process.exit(0)
}

try {
  const config = readConfig(process.env)
  starting = startServer(config, createLog())
  const server = await starting
  if (!isStopping) console.log(describeStart(server, config))
} catch (error) {
  if (!isStopping) {
    console.error(describeStartFailure(error))
    process.exit(1)
  }
}
