import { DomainError, isDatabaseAway } from '../http/errors.ts'
import type { Db } from './store.ts'

/**
 * Runs one change as one transaction. When the connection is lost during the commit nobody knows whether it was
 * applied, and the answer must say that instead of "no".
 */
export async function inTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  let committing = false
  try {
    return await db.transaction(async (tx) => {
      const result = await work(tx)
      committing = true
      return result
    })
  } catch (cause) {
    if (committing && isDatabaseAway(cause)) {
      const message =
        'UNKNOWN whether it was applied: the database went away during the commit. Look at the present state before you repeat it.'
      throw new DomainError('UNAVAILABLE', message, { cause })
    }
    throw cause
  }
}
