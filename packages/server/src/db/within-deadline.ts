import { DomainError, isDatabaseAway } from '../http/errors.ts'
import type { Db } from './store.ts'

/** What a commit may take beyond the deadline before we say that we do not know. */
const COMMIT_PATIENCE_MS = 400

/**
 * A transaction that is applied within `ms` or not at all. Whoever kills a flag must hear within 3 s that it did not
 * work, and what was refused must not happen later, when the database comes back: an attempt that is too late rolls
 * itself back. Only a commit that was sent and not answered leaves "unknown".
 */
export async function withinDeadline<T>(db: Db, ms: number, work: (tx: Db) => Promise<T>): Promise<T> {
  let phase: 'working' | 'committing' | 'over' = 'working'
  const refuseIfLate = () => {
    if (phase === 'over') throw new Error('Too late: the caller was told that it was not applied.')
  }
  const attempt = db.transaction(async (tx) => {
    refuseIfLate()
    const result = await work(tx)
    refuseIfLate()
    phase = 'committing'
    return result
  })
  // After the deadline nobody listens to it any more.
  attempt.catch(() => {})
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      if (phase === 'working') {
        phase = 'over'
        reject(notApplied(new Error(`No answer within ${ms} ms.`)))
      } else {
        timer = setTimeout(() => reject(unknown(new Error('The commit was not answered.'))), COMMIT_PATIENCE_MS)
      }
    }, ms)
  })
  try {
    return await Promise.race([attempt, late])
  } catch (cause) {
    if (cause instanceof DomainError || !isDatabaseAway(cause)) throw cause
    // Assigned in a callback, which the compiler does not follow.
    throw (phase as string) === 'committing' ? unknown(cause) : notApplied(cause)
  } finally {
    clearTimeout(timer)
  }
}

function notApplied(cause: unknown): DomainError {
  const message = 'NOT applied: the database did not take it in time. Nothing was changed. Press again.'
  return new DomainError('UNAVAILABLE', message, { cause })
}

function unknown(cause: unknown): DomainError {
  const message =
    'UNKNOWN whether it was applied: the commit was not answered. Press again, a second time does no harm.'
  return new DomainError('UNAVAILABLE', message, { cause })
}
