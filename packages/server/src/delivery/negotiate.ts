import type { SnapshotEncoding } from './encoded-snapshot.ts'

/** Whether If-None-Match names this ETag. Compared weakly: the mark of weakness on either side does not count. */
export function isCurrentFor(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true
  const opaque = etag.replace(/^W\//, '')
  return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === opaque)
}

/** What the same few clients say with every request. */
const known = new Map<string, SnapshotEncoding>()
const MAX_KNOWN = 100

/** The smallest encoding that a client takes. One that is refused by `q=0` is not taken. */
export function acceptsEncoding(acceptEncoding = ''): SnapshotEncoding {
  let encoding = known.get(acceptEncoding)
  if (encoding === undefined) {
    encoding = readAcceptEncoding(acceptEncoding)
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(acceptEncoding, encoding)
  }
  return encoding
}

function readAcceptEncoding(acceptEncoding: string): SnapshotEncoding {
  const accepted = new Map<string, boolean>()
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
    accepted.set(name, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)))
  }
  const any = accepted.get('*') ?? false
  if (accepted.get('br') ?? any) return 'br'
  if (accepted.get('gzip') ?? any) return 'gzip'
  return 'identity'
}
