import type { Logger } from 'pino'

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 10_000

/** What still stands between a replica and its database. */
export interface Preparation {
  /** Why the database cannot be used yet, in words; undefined when it can. */
  problem(): string | undefined
  stop(): void
}

/** The database was ready when the replica started. */
export const PREPARED: Preparation = { problem: () => undefined, stop: () => {} }

/**
 * Tries to get the database ready until it is: reaches it, brings its tables up to date. Waits longer after each failure
 * and never in step with other replicas, so that a database that comes back is not met by all of them at once.
 * @param failure why it could not be used when the replica started
 */
export function keepPreparing(prepare: () => Promise<unknown>, failure: unknown, log: Logger): Preparation {
  let problem: string | undefined = describe(failure)
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function plan(attempt: number): void {
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.5 + Math.random() / 2)
    timer = setTimeout(() => void tryOnce(attempt), waitMs)
  }

  async function tryOnce(attempt: number): Promise<void> {
    try {
      await prepare()
      problem = undefined
      log.warn('the database answers and its tables are up to date: edits and kills work again')
    } catch (error) {
      if (stopped) return
      problem = describe(error)
      log.warn({ err: error }, 'the database is not ready yet; trying again')
      plan(attempt + 1)
    }
  }

  plan(0)
  return {
    problem: () => problem,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

function describe(error: unknown): string {
  return `the database is not ready: ${error instanceof Error ? error.message : String(error)}`
}
