import type { Store } from 'hono-rate-limiter'
import type { AppEnv } from './app-env.ts'

/**
 * Counts for a rate limit, each in a window of its own, and never more than `most` of them: whoever has many networks must
 * not fill the memory. When there is no room the window that began first is forgotten, which lets somebody try again.
 */
export function boundedCounts(most: number, windowMs: number): Store<AppEnv> {
  /** In the order in which their windows began. */
  const counts = new Map<string, { totalHits: number; resetTime: Date }>()

  return {
    increment(key) {
      const held = counts.get(key)
      if (held && held.resetTime.getTime() > Date.now()) {
        held.totalHits++
        return held
      }
      counts.delete(key)
      if (counts.size >= most) counts.delete(counts.keys().next().value as string)
      const begun = { totalHits: 1, resetTime: new Date(Date.now() + windowMs) }
      counts.set(key, begun)
      return begun
    },
    decrement(key) {
      const held = counts.get(key)
      if (held && held.totalHits > 0) held.totalHits--
    },
    resetKey(key) {
      counts.delete(key)
    },
  }
}
