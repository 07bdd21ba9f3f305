import { connect, createServer, type Socket } from 'node:net'

/** A TCP relay in front of a database, which can be cut, made silent and mended. */
export async function startRelay(databaseUrl: string) {
  const target = new URL(databaseUrl)
  const near = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isCut = false
  let isSilent = false
  const relay = createServer((client) => {
    if (isCut) return client.destroy()
    const far = connect(Number(target.port), target.hostname)
    for (const [from, to] of [
      [client, far],
      [far, client],
    ] as const) {
      sockets.add(from)
      from.on('data', (bytes) => {
        if (!isSilent) to.write(bytes)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const address = relay.address()
  near.port = String(typeof address === 'object' ? address?.port : '')
  const destroyAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: near.href,
    /** Connections break and new ones are refused. */
    cut() {
      isCut = true
      destroyAll()
    },
    /** Everything stays open and nothing arrives any more, as behind a dead router. */
    silence() {
      isSilent = true
    },
    /** What was lost on the way stays lost: silent connections are broken. */
    mend() {
      if (isSilent) destroyAll()
      isCut = false
      isSilent = false
    },
    close() {
      destroyAll()
      relay.close()
    },
  }
}
