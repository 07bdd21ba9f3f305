// A process that holds flags and tells what of its memory they take.
import { readFileSync } from 'node:fs'
import { PERSON } from './flags.ts'

const [sdkFile = '', bootstrapFile = '', uses = ''] = process.argv.slice(2)
const { createClient } = await import(sdkFile)
const silence = () => new Promise(() => {})
const options = { url: 'http://127.0.0.1:9', sdkKey: 'rps_bench', fetch: silence, onWarning() {} }
const client = createClient({ ...options, bootstrap: readFileSync(bootstrapFile, 'utf8') })
client.isEnabled('flag-0', PERSON)
// What was counted is part of it: an application asks flags one by one.
if (uses === 'all') for (const key of Object.keys(client.allFlags(PERSON))) client.isEnabled(key, PERSON)
for (let i = 0; i < 10; i++) {
  await new Promise((resolve) => setTimeout(resolve, 50))
  globalThis.gc?.()
}
const { heapUsed, external } = process.memoryUsage()
process.send?.({ heapUsed, external }, undefined, {}, () => process.exit(0))
