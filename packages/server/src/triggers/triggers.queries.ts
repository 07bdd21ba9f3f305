import { and, asc, eq, gt, isNull } from 'drizzle-orm'
import { environments, flags, projects, triggers } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { findConfiguration } from '../flags/flags.queries.ts'
import { type TriggerPlace, withoutSecret } from './triggers.commands.ts'

/** The triggers of a flag in an environment that are not revoked, oldest first; expired ones show that they are. */
export async function listTriggers(db: Db, where: TriggerPlace) {
  const { flag, environment } = await findConfiguration(db, where)
  const rows = await db
    .select()
    .from(triggers)
    .where(and(eq(triggers.flagId, flag.id), eq(triggers.environmentId, environment.id), isNull(triggers.revokedAt)))
    .orderBy(asc(triggers.createdAt))
  return rows.map(withoutSecret)
}

/** The trigger of a secret with the keys of what it is for; undefined when it is wrong, revoked or expired. */
export async function findTrigger(db: Db, hash: string) {
  const [row] = await db
    .select({
      id: triggers.id,
      name: triggers.name,
      project: projects.key,
      flag: flags.key,
      environment: environments.key,
    })
    .from(triggers)
    .innerJoin(flags, eq(flags.id, triggers.flagId))
    .innerJoin(environments, eq(environments.id, triggers.environmentId))
    .innerJoin(projects, eq(projects.id, flags.projectId))
    .where(and(eq(triggers.hash, hash), isNull(triggers.revokedAt), gt(triggers.expiresAt, new Date())))
  return row
}
