import { DomainError } from '../http/errors.ts'

/** What an environment can hold. Each has a name that the refusal carries, and docs/operating.md lists them. */
export const LIMITS = {
  FLAGS_PER_PROJECT: 10_000,
  FLAG_BYTES: 256 * 1024,
  VALUE_BYTES: 64 * 1024,
  VALUE_DEPTH: 6,
  VARIANTS_PER_FLAG: 100,
  RULES_PER_FLAG: 500,
  TRIGGERS_PER_FLAG: 20,
  SEGMENT_KEYS: 100_000,
  SNAPSHOT_BYTES: 20 * 1024 * 1024,
} as const
export type LimitName = keyof typeof LIMITS

/** Throws LIMIT_EXCEEDED when `actual` is beyond the limit; `advice` says what to do instead. */
export function keepWithin(limit: LimitName, actual: number, what: string, advice: string): void {
  const most = LIMITS[limit]
  if (actual <= most) return
  throw new DomainError('LIMIT_EXCEEDED', `${what}: ${actual}, the most is ${most}. ${advice}`, {
    details: { limit, most, actual },
  })
}

/** How many levels of objects and lists a value has; 0 for a plain one. Its depth is bounded when it is read. */
export function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}
