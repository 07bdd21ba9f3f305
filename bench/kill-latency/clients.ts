// Many event streams over bare sockets in one process, as little work per stream as possible: what it costs to receive
// must not be taken for what it costs to send.
import { connect, type Socket } from 'node:net'

type Message =
  | { open: number; ports: number[]; headers: string; name: string }
  | { arm: true }
  | { collect: true }
  | { receipts: boolean }
  | { close: true }

/** Time of the first kill or restore event since the clients were armed, per stream; 0 for none yet. */
let arrivals: Float64Array = new Float64Array(0)
let arrived = 0
let frames = 0
let confirming = false
let headers = ''
let ports: number[] = []
/** What stands before the number in each instance id; empty for clients that do not say who they are. */
let name = ''
const sockets: Socket[] = []
let complete: (() => void) | undefined

/** All sockets read into one buffer: nothing is kept, so nothing needs to be copied. */
const buffer = Buffer.alloc(256 * 1024)

function nowMs(): number {
  // CLOCK_MONOTONIC: the same for every process of the machine.
  return Number(process.hrtime.bigint()) / 1e6
}

const portOf = (at: number) => ports[at % ports.length] ?? 0

/** All of 127.0.0.0/8 is this machine. Clients share few ports with one address, and the kernel would search them for long. */
const addressOf = (at: number) => `127.0.${at % 100}.1`

/** Opens a stream; one that is told to come back later does. */
async function open(at: number): Promise<void> {
  for (;;) {
    const retryAfterS = await tryOpen(at)
    if (retryAfterS === undefined) return
    await new Promise((resolve) => setTimeout(resolve, (retryAfterS + Math.random()) * 1000))
  }
}

/** Resolves with the seconds of Retry-After when there was no room. */
function tryOpen(at: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    let isOpen = false
    const socket = connect({
      port: portOf(at),
      host: '127.0.0.1',
      localAddress: addressOf(at),
      noDelay: true,
      onread: {
        buffer,
        callback(length) {
          const text = buffer.toString('latin1', 0, length)
          if (!isOpen) {
            isOpen = true
            const retryAfter = /retry-after: (\d+)/i.exec(text)?.[1]
            if (text.startsWith('HTTP/1.1 200')) resolve(undefined)
            else if (retryAfter !== undefined) {
              socket.destroy()
              resolve(Number(retryAfter))
            } else reject(new Error(text.split('\r\n')[0]))
          } else receive(at, text)
          return true
        },
      },
    })
    // As an SDK would: a machine under load resets connections it has no time for.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') resolve(1)
      else reject(error)
    })
    const instance = name ? `Rampart-Instance: ${name}-${at}\r\n` : ''
    torn[at] = ''
    socket.write(`GET /sdk/v1/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n${instance}${headers}\r\n`)
    sockets[at] = socket
  })
}

/** Events that ended in the middle, by stream: what is read may end anywhere. */
const torn: string[] = []

function receive(at: number, read: string): void {
  const end = read.lastIndexOf('\n\n') + 2
  const text = end > 1 ? (torn[at] ?? '') + read.slice(0, end) : ''
  torn[at] = end > 1 ? read.slice(end) : (torn[at] ?? '') + read
  frames += text.split('event: ').length - 1
  if (arrivals[at] !== 0) return
  const event = /event: (?:kill|restore)\r?\ndata: (.*)/.exec(text)
  if (!event) return
  arrivals[at] = nowMs()
  arrived++
  if (confirming && event[1]) confirm(at, JSON.parse(event[1]) as KillData)
  if (arrived === arrivals.length) complete?.()
}

interface KillData {
  flag: string
  revision: number
  receipt: { windowMs: number }
}

/** A receipt at a random moment of the window, as SDKs send it, over a connection of its own; again after one that failed. */
function confirm(at: number, { flag, revision, receipt }: KillData): void {
  setTimeout(() => {
    const body = JSON.stringify({ instance: `${name}-${at}`, receipts: [{ flag, revision }] })
    const socket = connect({ port: portOf(at), host: '127.0.0.1', localAddress: addressOf(at) })
    // Ten thousand processes would have descriptors enough; this one waits until some are free.
    socket.on('error', () => confirm(at, { flag, revision, receipt }))
    // Written and not ended: a server may take a half-closed connection for one that was given up.
    socket.write(
      `POST /sdk/v1/receipts HTTP/1.1\r\nHost: 127.0.0.1\r\n${headers}Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    socket.resume()
  }, Math.random() * receipt.windowMs)
}

async function answer(message: Message): Promise<unknown> {
  if ('open' in message) {
    ports = message.ports
    headers = message.headers
    name = message.name
    // In groups: a storm of connects would fill the listen queue.
    for (let at = 0; at < message.open; at += 200) {
      await Promise.all(Array.from({ length: Math.min(200, message.open - at) }, (_, offset) => open(at + offset)))
    }
    arrivals = new Float64Array(message.open).fill(1)
    return true
  }
  if ('arm' in message) {
    arrivals.fill(0)
    arrived = 0
    frames = 0
    return true
  }
  if ('collect' in message) {
    if (arrived < arrivals.length) await new Promise<void>((resolve) => (complete = resolve))
    return [...arrivals]
  }
  if ('receipts' in message) {
    confirming = message.receipts
    return frames
  }
  for (const socket of sockets.splice(0)) socket.destroy()
  return true
}

process.on('message', async (message: Message) => {
  try {
    process.send?.(await answer(message))
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
})
process.on('SIGTERM', () => process.exit(0))
// The bench is gone, whatever happened to it.
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
