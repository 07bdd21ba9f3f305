import { DomainError } from '../http/errors.ts'

const HOUR_MS = 60 * 60 * 1000

/** A key or token as far as rotating it is concerned. */
interface Rotated {
  name: string
  createdAt: Date
  expiresAt: Date | null
  rotatedAt: Date | null
  revokedAt: Date | null
}

/**
 * When the old one and the new one end. The old one goes on for the overlap, but never longer than it would have; one that
 * was made for a time gives the new one as long again. Throws IN_USE when the old one works no more.
 */
export function planRotation(old: Rotated, overlapHours: number, now: number): { oldEnds: Date; newEnds: Date | null } {
  const { expiresAt } = old
  if (old.revokedAt || (expiresAt && expiresAt.getTime() <= now)) {
    throw new DomainError('IN_USE', `"${old.name}" works no more. Make a new one.`)
  }
  const overlapEnds = new Date(now + overlapHours * HOUR_MS)
  const oldEnds = expiresAt && expiresAt < overlapEnds ? expiresAt : overlapEnds
  // The end of one that was rotated before is that of an overlap, not of a life.
  if (!expiresAt || old.rotatedAt) return { oldEnds, newEnds: null }
  return { oldEnds, newEnds: new Date(now + expiresAt.getTime() - old.createdAt.getTime()) }
}
