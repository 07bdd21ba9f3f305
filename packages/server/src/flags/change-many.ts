import type { Acting } from '../audit/record-change.ts'
import type { Db } from '../db/store.ts'
import { DomainError, type ErrorCode } from '../http/errors.ts'
import { archiveFlag, editFlag } from './edit-flag.ts'
import { findFlag } from './flags.queries.ts'

export type Outcome = { flag: string; ok: true } | { flag: string; ok: false; code: ErrorCode; message: string }

/**
 * The same change of many flags, each a transaction and a line of history of its own: one refusal holds nothing else up,
 * and no lock lasts longer than for one flag. Throws only what is not a refusal, such as a database that went away.
 */
async function changeMany(keys: string[], change: (key: string) => Promise<void>): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const flag of new Set(keys)) {
    try {
      await change(flag)
      outcomes.push({ flag, ok: true })
    } catch (error) {
      if (!(error instanceof DomainError) || error.code === 'UNAVAILABLE') throw error
      outcomes.push({ flag, ok: false, code: error.code, message: error.message })
    }
  }
  return outcomes
}

/** Archives each. */
export function archiveMany(db: Db, project: string, keys: string[], acting: Acting): Promise<Outcome[]> {
  return changeMany(keys, (key) => archiveFlag(db, project, key, acting))
}

/** Adds and removes tags of each; a tag that is both stays away. */
export function tagMany(
  db: Db,
  project: string,
  keys: string[],
  { add, remove }: { add: string[]; remove: string[] },
  acting: Acting,
): Promise<Outcome[]> {
  const removed = new Set(remove)
  return changeMany(keys, async (key) => {
    const { tags } = await findFlag(db, project, key)
    const wanted = [...new Set([...tags, ...add])].filter((tag) => !removed.has(tag))
    if (wanted.length > 20)
      throw new DomainError('LIMIT_EXCEEDED', `"${key}" would have ${wanted.length} tags, the most is 20.`)
    await editFlag(db, project, key, { tags: wanted }, acting)
  })
}
