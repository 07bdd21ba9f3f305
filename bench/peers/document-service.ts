// For peers that take their flags from a service and from nothing else: one on this machine, for all of them. It answers
// every GET below /<name> with that document and takes whatever is posted.
import { createServer } from 'node:http'

export interface DocumentService {
  /** Serves `text` and returns the address to give to the peer. */
  serve(name: string, text: string): string
  close(): void
}

export async function startDocumentService(): Promise<DocumentService> {
  const documents = new Map<string, string>()
  const server = createServer((request, response) => {
    const [, name = ''] = (request.url ?? '').split('/')
    const document = documents.get(decodeURIComponent(name))
    const headers = {
      'Content-Type': 'application/json',
      ETag: '"1"',
      'Last-Modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
    }
    if (request.method !== 'GET') {
      request.resume().on('end', () => response.writeHead(200, headers).end('{"success":true,"status":1}'))
    } else if (document === undefined) response.writeHead(404).end()
    else response.writeHead(200, headers).end(document)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    serve(name, text) {
      documents.set(name, text)
      return `http://127.0.0.1:${port}/${encodeURIComponent(name)}`
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
