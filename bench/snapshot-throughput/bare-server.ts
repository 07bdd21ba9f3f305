// The least that Node can do: the same bytes from a bare node:http route, without a key, a router or a header too many.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

let body = Buffer.alloc(0)
let etag = ''

const server = createServer((request, response) => {
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { ETag: etag }).end()
    return
  }
  const headers = { ETag: etag, 'Content-Type': 'application/x-ndjson', 'Content-Encoding': 'br' }
  response.writeHead(200, { ...headers, 'Content-Length': body.length }).end(body)
})

process.on('message', (message: { etag: string; bodyBase64: string }) => {
  etag = message.etag
  body = Buffer.from(message.bodyBase64, 'base64')
  process.send?.('set')
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('SIGTERM', () => process.exit(0))
