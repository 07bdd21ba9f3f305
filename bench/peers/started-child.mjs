// A process that starts, answers once and tells what it cost. It imports as little as an application would.
import { readFileSync } from 'node:fs'

const { adapter: url, name, document, serviceUrl, flag, measuresHeap } = JSON.parse(process.argv[2])
let subject
if (url !== undefined) {
  const { adapters } = await import(url)
  const adapter = adapters.find((one) => one.name === name)
  // Nobody here holds on to the text: it would be counted.
  const read = () => readFileSync(document, 'utf8')
  subject = await adapter.open(adapter.isText ? read() : JSON.parse(read()), flag, serviceUrl)
  const person = { key: 'user-7', country: 'US', plan: 'pro', email: 'user-7@mail.example', version: '2.1.0' }
  const user = subject.userOf(person)
  await subject.isEnabled(user)
  if (measuresHeap) await subject.allFlags(user)
}
const { user, system } = process.cpuUsage()
const result = { cpuMs: (user + system) / 1_000, wallMs: performance.now() }
if (measuresHeap) {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    globalThis.gc()
  }
  result.heap = process.memoryUsage().heapUsed
}
process.send(result, () => process.exit(0))
