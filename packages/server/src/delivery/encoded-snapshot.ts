import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { encodeSnapshot } from './encode.ts'
import type { EnvironmentState } from './environment-state.ts'
import { writePosition } from './position.ts'

const compressBrotli = promisify(brotliCompress)
const compressGzip = promisify(gzip)

/** 10 times smaller in a few milliseconds; quality 11 would take 75 times as long for a tenth less. */
const BROTLI_QUALITY = 5

export type SnapshotEncoding = 'identity' | 'gzip' | 'br'

/** The bytes of one revision, each encoding made once, by the first who asks, and shared with all who ask meanwhile. */
export interface EncodedSnapshot {
  etag: string
  /** The body if it is ready; undefined while it must still be made. */
  peek(encoding: SnapshotEncoding): Buffer | undefined
  body(encoding: SnapshotEncoding): Promise<Buffer>
}

/** Nothing is encoded before somebody asks: bursts of changes would otherwise compress what nobody fetches. */
export function createEncodedSnapshot(state: EnvironmentState): EncodedSnapshot {
  const ready = new Map<SnapshotEncoding, Buffer>()
  const making = new Map<SnapshotEncoding, Promise<Buffer>>()

  async function make(encoding: SnapshotEncoding): Promise<Buffer> {
    const plain = encoding === 'identity' ? encodeSnapshot(state) : await body('identity')
    const bytes = encoding === 'identity' ? plain : await compress(encoding, plain)
    ready.set(encoding, bytes)
    return bytes
  }

  function body(encoding: SnapshotEncoding): Promise<Buffer> {
    let pending = making.get(encoding)
    if (!pending) {
      pending = make(encoding)
      making.set(encoding, pending)
    }
    return pending
  }

  return { etag: `W/"${writePosition(state)}"`, peek: (encoding) => ready.get(encoding), body }
}

function compress(encoding: 'gzip' | 'br', plain: Buffer): Promise<Buffer> {
  if (encoding === 'gzip') return compressGzip(plain)
  return compressBrotli(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    },
  })
}
