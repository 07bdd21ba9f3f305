import type { SnapshotEncoding } from './encoded-snapshot.ts'

/** Whether If-None-Match names this ETag. Compared weakly: the mark of weakness on either side does not count. */
export function isCurrentFor(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true
  const opaque = etag.replace(/^W\//, '')
  return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === opaque)
}

/** The smallest encoding that a client takes. One that is refused by `q=0` is not taken. */
export function acceptsEncoding(acceptEncoding: string | undefined): SnapshotEncoding {
  const accepted = new Map<string, boolean>()
  for (const part of (acceptEncoding ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
    accepted.set(name, !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter)))
  }
  const any = accepted.get('*') ?? false
  if (accepted.get('br') ?? any) return 'br'
  if (accepted.get('gzip') ?? any) return 'gzip'
  return 'identity'
}
