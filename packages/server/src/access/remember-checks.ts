import type { Logger } from 'pino'
import { answeredWithin } from '../answered-within.ts'

/** Up to this age the last answer is as good as a new one. */
const FRESH_MS = 3000
/** Up to this age the last answer is given at once while a new one is fetched: revocation must work within 5 s. */
const USABLE_MS = 5000
/** How long a check may hold up somebody whose credential was good when last seen. */
const PATIENCE_MS = 300
/** How long it may hold up a stranger. */
const STRANGER_PATIENCE_MS = 2000
/** Anybody can send new wrong secrets, so only so many are remembered. */
const MAX_ENTRIES = 10_000

export interface RememberedChecks<T> {
  /** What the hash stands for, or null when it is wrong or revoked. Rejects when that could not be found out. */
  find(hash: string): Promise<T | null>
  /** The same without waiting, for hot paths; undefined when `find` would have to wait. */
  peek(hash: string): T | null | undefined
  /** Whether `find` needs no new question: it was found before, or is being asked for. */
  isKnown(hash: string): boolean
  /**
   * Takes these, and nothing else, as known: the whole list as it was just read (`fresh`), or as it was last known, to be
   * asked for again once that is possible.
   */
  hold(known: Iterable<[hash: string, value: T]>, fresh: boolean): void
  /** Asks again for each at its next use. */
  invalidate(): void
  forget(hash: string): void
}

interface Entry<T> {
  value: T
  checkedAt: number
}

/**
 * Credentials that were checked, in memory, by hash. While the database is away the last answer stands: "could not
 * check" is not "no", and the service must stay usable for those it knows, above all for a kill.
 */
export function rememberChecks<T>(
  check: (hash: string) => Promise<T | null>,
  log: Logger,
  now: () => number = () => performance.now(),
): RememberedChecks<T> {
  const entries = new Map<string, Entry<T>>()
  const pending = new Map<string, Promise<T | null>>()

  /** One check at a time for each hash, however many ask. */
  function ask(hash: string): Promise<T | null> {
    const running = pending.get(hash)
    if (running) return running
    const started = check(hash)
      .then((value) => {
        if (value === null) entries.delete(hash)
        else remember(hash, value)
        return value
      })
      .finally(() => pending.delete(hash))
    pending.set(hash, started)
    return started
  }

  function remember(hash: string, value: T): void {
    if (entries.size >= MAX_ENTRIES) entries.delete(entries.keys().next().value as string)
    entries.set(hash, { value, checkedAt: now() })
  }

  function peek(hash: string): T | null | undefined {
    const entry = entries.get(hash)
    const age = entry ? now() - entry.checkedAt : Number.POSITIVE_INFINITY
    if (!entry || age > USABLE_MS) return undefined
    if (age > FRESH_MS) ask(hash).catch((error: unknown) => log.warn({ err: error }, 'credential not checked again'))
    return entry.value
  }

  return {
    peek,
    isKnown: (hash) => entries.has(hash) || pending.has(hash),
    async find(hash) {
      const known = peek(hash)
      if (known !== undefined) return known
      const entry = entries.get(hash)
      if (!entry) return answeredWithin(STRANGER_PATIENCE_MS, ask(hash))
      try {
        return await answeredWithin(PATIENCE_MS, ask(hash))
      } catch (error) {
        // Thousands may have waited for the same check. The first says so, and lets nobody else wait for a while: the
        // check itself goes on and still revokes.
        if (now() - entry.checkedAt > USABLE_MS) {
          entry.checkedAt = now() - FRESH_MS
          log.warn({ err: error }, 'credential could not be checked; the last answer stands')
        }
        return entry.value
      }
    },
    hold(known, fresh) {
      entries.clear()
      const checkedAt = fresh ? now() : Number.NEGATIVE_INFINITY
      for (const [hash, value] of known) if (entries.size < MAX_ENTRIES) entries.set(hash, { value, checkedAt })
    },
    invalidate() {
      for (const entry of entries.values()) entry.checkedAt = Number.NEGATIVE_INFINITY
    },
    forget(hash) {
      entries.delete(hash)
    },
  }
}
