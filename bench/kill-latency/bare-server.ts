// The least that Node can do: event streams over node:http, one shared Buffer written to each response in a loop.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const streams = new Set<ServerResponse>()
/** As long as Rampart's own kill event. */
const frame = Buffer.from(
  `event: kill\ndata: ${JSON.stringify({ epoch: '0'.repeat(26), flag: 'checkout', revision: 100, receipt: { windowMs: 200 } })}\n\n`,
)

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    if (request.url === '/kill') for (const stream of streams) stream.write(frame)
    request.resume().once('end', () => response.end('{}'))
    return
  }
  streams.add(response)
  response.on('close', () => streams.delete(response))
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  response.flushHeaders()
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  process.send?.((server.address() as AddressInfo).port),
)
process.on('SIGTERM', () => process.exit(0))
// The bench is gone, whatever happened to it.
process.on('disconnect', () => process.exit(0))
