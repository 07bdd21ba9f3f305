// A process that asks one flag as early as it can, and tells the processor time it has used by then. It imports as little
// as an application would, and is JavaScript because taking types away costs more than all that is measured.
import { readFileSync } from 'node:fs'

const [sdkFile, bootstrapFile, format] = process.argv.slice(2)
if (sdkFile) {
  const { createClient } = await import(sdkFile)
  const text = readFileSync(bootstrapFile, 'utf8')
  const bootstrap = format === 'object' ? JSON.parse(text) : text
  const options = { url: 'http://127.0.0.1:9', sdkKey: 'rps_bench', onWarning() {} }
  const client = createClient({ ...options, fetch: () => new Promise(() => {}), bootstrap })
  const person = { key: 'user-7', country: 'US', plan: 'pro', email: 'user-7@mail.example', version: '2.1.0' }
  client.isEnabled('flag-2', person)
}
const { user, system } = process.cpuUsage()
process.send((user + system) / 1_000, () => process.exit(0))
