import { and, eq } from 'drizzle-orm'
import { flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'

/** Throws NOT_FOUND. */
export async function findFlagId(db: Db, projectId: string, key: string): Promise<string> {
  const flag = await db.query.flags.findFirst({
    columns: { id: true },
    where: and(eq(flags.projectId, projectId), eq(flags.key, key)),
  })
  if (!flag) throw new DomainError('NOT_FOUND', `There is no flag "${key}" in this project.`)
  return flag.id
}
