import { connect, createServer, type Socket } from 'node:net'

/** How a message of the Postgres protocol begins: a letter, then its length without the letter. */
const HEADER_BYTES = 5
const NOTIFICATION = 'A'
const COMMAND_COMPLETE = 'C'

/** A TCP relay in front of a database, which can be cut, made silent, slow or forgetful, and mended. */
export async function startRelay(databaseUrl: string) {
  const target = new URL(databaseUrl)
  const near = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isCut = false
  let isSilent = false
  let delayMs = 0
  let losesNotifications = false
  let cutsAtCommit = false

  /** What a client gets of the whole messages in `bytes`; undefined cuts the connection. */
  function pass(messages: Buffer[]): Buffer | undefined {
    const kept: Buffer[] = []
    for (const message of messages) {
      const type = message.toString('latin1', 0, 1)
      if (losesNotifications && type === NOTIFICATION) continue
      if (cutsAtCommit && type === COMMAND_COMPLETE && message.toString('latin1').includes('COMMIT')) {
        cutsAtCommit = false
        return undefined
      }
      kept.push(message)
    }
    return Buffer.concat(kept)
  }

  const relay = createServer((client) => {
    if (isCut) return client.destroy()
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [client, far]) {
      sockets.add(socket)
      const other = socket === client ? far : client
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    client.on('data', (bytes) => {
      if (isSilent) return
      if (delayMs > 0) setTimeout(() => far.destroyed || far.write(bytes), delayMs)
      else far.write(bytes)
    })
    let rest: Buffer = Buffer.alloc(0)
    far.on('data', (bytes) => {
      const [messages, incomplete] = splitMessages(Buffer.concat([rest, bytes]))
      rest = incomplete
      const passed = pass(messages)
      if (!passed) return client.destroy()
      if (!isSilent) client.write(passed)
    })
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
    /** What is asked arrives so much later. */
    slow(ms: number) {
      delayMs = ms
    },
    /** LISTEN succeeds and nothing is ever heard, as behind a pooler in transaction mode. */
    loseNotifications() {
      losesNotifications = true
    },
    /** The next commit is done and its answer lost with the connection. */
    cutAtCommit() {
      cutsAtCommit = true
    },
    /** What was lost on the way stays lost: silent connections are broken. */
    mend() {
      if (isSilent) destroyAll()
      isCut = false
      isSilent = false
      delayMs = 0
      losesNotifications = false
    },
    close() {
      destroyAll()
      relay.close()
    },
  }
}

function splitMessages(bytes: Buffer): [messages: Buffer[], rest: Buffer] {
  const messages: Buffer[] = []
  let at = 0
  while (bytes.length - at >= HEADER_BYTES) {
    const length = 1 + bytes.readInt32BE(at + 1)
    if (bytes.length - at < length) break
    messages.push(bytes.subarray(at, at + length))
    at += length
  }
  return [messages, bytes.subarray(at)]
}
