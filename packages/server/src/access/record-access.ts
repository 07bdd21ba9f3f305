import { asc, sql } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { projects } from '../db/schema/index.ts'
import { type Db, NOTIFY_CHANNEL } from '../db/store.ts'
import { KEYS_NOTICE } from './sdk-keys.commands.ts'

/**
 * Part of the history of the project that somebody's access is about, or of every project when it is about all of
 * them; and a notice, so that every replica asks again what the credentials it remembers may do.
 */
export async function recordAccess(
  tx: Db,
  projectId: string | null,
  acting: Acting,
  action: string,
  sentence: string,
): Promise<void> {
  // In the order of ids, so that two such changes never wait for each other.
  const ids = projectId === null ? await everyProject(tx) : [projectId]
  for (const id of ids) {
    const change = { projectId: id, environmentId: null, flagId: null, action, sentence, before: null, after: null }
    await recordChange(tx, { ...change, version: null }, acting, [], async () => {})
  }
  await tellReplicas(tx)
}

/** Every replica looks at credentials again, and closes the streams of those that are no good any more. */
export async function tellReplicas(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_notify(${NOTIFY_CHANNEL}, ${KEYS_NOTICE})`)
}

async function everyProject(tx: Db): Promise<string[]> {
  const rows = await tx.select({ id: projects.id }).from(projects).orderBy(asc(projects.id))
  return rows.map(({ id }) => id)
}
