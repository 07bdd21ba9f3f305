import { createHash } from 'node:crypto'

/** A tag of the answer itself: the same configuration answers two contexts differently, and a tag must tell. */
export function etagOfAnswer(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
}
