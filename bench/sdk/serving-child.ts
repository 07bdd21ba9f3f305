// The service of a benchmark: plain HTTP with a snapshot and one stream, told by messages what to send next.
import { createServer, type ServerResponse } from 'node:http'
import { flagsOf, linesOf, snapshotOf } from './flags.ts'

const EPOCHS = ['01J00000000000000000000000', '01J10000000000000000000000']
const count = Number(process.argv[2])
let flags = flagsOf(count)
let revision = 1
let epoch = EPOCHS[0] as string
let stream: ServerResponse | undefined

const snapshotText = () => linesOf(snapshotOf(flags, revision, epoch))
let text = snapshotText()

const server = createServer((request, response) => {
  if (request.url === '/sdk/v1/snapshot') {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson', ETag: `W/"${epoch}.${revision}"` }).end(text)
  } else if (request.url === '/sdk/v1/stream') {
    stream = response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    const current = request.headers['last-event-id'] === `${epoch}.${revision}`
    send(current ? 'current' : 'reset', { epoch, revision, ...(current ? {} : { spreadMs: 0 }) })
  } else response.writeHead(404).end()
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as { port: number }).port))

function send(event: string, data: object): void {
  stream?.write(`event: ${event}\nid: ${epoch}.${revision}\ndata: ${JSON.stringify(data)}\n\n`)
}

process.on('message', (message: { patch: number } | { restored: true }) => {
  const from = revision
  revision += 1
  if ('patch' in message) {
    const changed = flags.slice(0, message.patch).map((flag) => ({ ...flag, revision, allocation: revision }))
    flags = [...changed, ...flags.slice(message.patch)]
    send('patch', { epoch, from, to: revision, flags: changed, removedFlags: [], segments: [], removedSegments: [] })
  } else {
    // Another history: everything is replaced at once, the most that one message can ask of a client.
    epoch = EPOCHS[1] as string
    text = snapshotText()
    send('reset', { epoch, revision, spreadMs: 0 })
  }
  process.send?.(revision)
})
