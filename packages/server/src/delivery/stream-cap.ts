import { readFileSync } from 'node:fs'

/** Kept free for health checks, the admin API, snapshots, telemetry and the database. */
const RESERVED_DESCRIPTORS = 4000
/** Where the system does not tell its limit. */
const UNKNOWN_LIMIT = 16_000

/** Kept free of connections of any kind: for the database, the disk, and accepting the next one. */
const OWN_DESCRIPTORS = 500

/** How many connections of any kind this process may hold. */
export function connectionCapOf(limits: string): number {
  const descriptors = descriptorsIn(limits)
  return Math.max(Math.floor(descriptors / 2), descriptors - OWN_DESCRIPTORS)
}

function descriptorsIn(limits: string): number {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1]
  if (found === 'unlimited') return 1_000_000
  return found === undefined ? UNKNOWN_LIMIT + RESERVED_DESCRIPTORS : Number(found)
}

/** How many streams this process may hold: what the system allows it to open, minus a reserve. */
export function streamCapOf(limits: string): number {
  const descriptors = descriptorsIn(limits)
  // A system with few descriptors still gets some streams.
  return Math.max(Math.floor(descriptors / 4), descriptors - RESERVED_DESCRIPTORS)
}

/** The limits of this process as Linux shows them; empty elsewhere. */
export function readProcessLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return ''
  }
}
