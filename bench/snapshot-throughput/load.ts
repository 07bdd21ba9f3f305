// Asks as fast as it gets answers, over kept-open bare sockets. Parsing HTTP properly would cost as much as serving it,
// and the load shares the machine with the server.
import { connect } from 'node:net'

interface Order {
  port: number
  headers: string
  connections: number
  seconds: number
  expect: 200 | 304
}

const HEAD_END = Buffer.from('\r\n\r\n')

function run({ port, headers, connections, seconds, expect }: Order): Promise<number> {
  const request = Buffer.from(`GET /sdk/v1/snapshot HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}\r\n`)
  let answers = 0
  let running = true

  function openOne(): Promise<void> {
    return new Promise((resolve, reject) => {
      let missing = 0
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.on('error', reject)
      socket.on('data', (chunk) => {
        missing = missing > 0 ? missing - chunk.length : bytesMissing(chunk, expect)
        if (missing > 0) return
        answers++
        if (running) socket.write(request)
        else {
          socket.destroy()
          resolve()
        }
      })
      socket.write(request)
    })
  }

  const all = Promise.all(Array.from({ length: connections }, openOne))
  setTimeout(() => (running = false), seconds * 1000)
  const startedAt = performance.now()
  return all.then(() => (answers * 1000) / (performance.now() - startedAt))
}

/** How much of an answer is still to come after its first chunk, which always holds the whole head. */
function bytesMissing(chunk: Buffer, expect: 200 | 304): number {
  const headEnd = chunk.indexOf(HEAD_END)
  const head = chunk.toString('latin1', 0, headEnd)
  if (headEnd < 0 || !head.startsWith(`HTTP/1.1 ${expect}`)) throw new Error(`Unexpected answer: ${head}`)
  if (expect === 304) return 0
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1])
  return length - (chunk.length - headEnd - HEAD_END.length)
}

process.on('message', async (order: Order) => {
  process.send?.(await run(order))
})
process.on('SIGTERM', () => process.exit(0))
process.send?.('ready')
