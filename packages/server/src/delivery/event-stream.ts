import type { ServerResponse } from 'node:http'
import type { StreamHolder } from '../access/sdk-key-lookup.ts'

export interface StreamLimits {
  /** A connection that drains no byte for so long is cut. */
  stallMs: number
  /** What may wait beyond the frame in flight. Node itself would buffer without end. */
  maxWaitingBytes: number
}

export const STREAM_LIMITS: StreamLimits = { stallMs: 10_000, maxWaitingBytes: 256 * 1024 }

const HEAD = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
  // The body ends with the connection. Without chunk framing a frame is one write of one shared buffer.
  Connection: 'close',
}

/** Who is at the other end of a stream, as they say themselves. The credential is proved; when it is refused the stream ends. */
export interface StreamClient extends StreamHolder {
  /** Random id of the SDK process; undefined when the client does not say, and then it cannot confirm kills. */
  instance: string | undefined
  name: string
  sdk: string
}

/**
 * One open event stream over a raw response. Frames go straight to the socket: a web stream in between costs six times
 * the CPU and three times the memory.
 */
export class EventStream {
  readonly client: StreamClient
  readonly #response: ServerResponse
  readonly #limits: StreamLimits
  /** Length of the frame that the socket did not take at once; 0 while the client keeps up. */
  #inFlight = 0

  /** Sends the head; `onClose` is called once, when the connection is gone for whatever reason. */
  constructor(
    response: ServerResponse,
    client: StreamClient,
    onClose: (stream: EventStream) => void,
    limits: StreamLimits,
  ) {
    this.client = client
    this.#response = response
    this.#limits = limits
    response.useChunkedEncodingByDefault = false
    response.on('close', () => onClose(this))
    response.on('timeout', () => this.#cutIfStalled())
    response.writeHead(200, HEAD)
    response.flushHeaders()
    response.socket?.setNoDelay(true)
  }

  /** Hands a frame to the socket. A client that does not read is cut instead. False when nothing could be handed over. */
  write(frame: Buffer): boolean {
    // Null for a moment when requests were pipelined: the response then queues by itself.
    const sink = this.#response.socket ?? this.#response
    if (sink.destroyed || this.#response.writableEnded) return false
    if (this.#inFlight > 0) {
      if (sink.writableLength === 0) this.#inFlight = 0
      else if (sink.writableLength - this.#inFlight + frame.length > this.#limits.maxWaitingBytes) {
        this.cut()
        return false
      }
    }
    sink.write(frame)
    if (sink.writableLength > 0 && this.#inFlight === 0) {
      this.#inFlight = frame.length
      // Node's own socket timeout watches the bytes the kernel takes, so a slow reader is not mistaken for a dead one.
      this.#response.socket?.setTimeout(this.#limits.stallMs)
    }
    return true
  }

  /** Ends the stream in an orderly way, after a last frame. */
  end(frame?: Buffer): void {
    if (frame) this.write(frame)
    this.#response.end()
  }

  /** Drops the connection and whatever still waits. */
  cut(): void {
    this.#response.destroy()
  }

  #cutIfStalled(): void {
    const socket = this.#response.socket
    if (socket && socket.writableLength > 0) return this.cut()
    this.#inFlight = 0
    socket?.setTimeout(0)
  }
}
