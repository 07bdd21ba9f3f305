import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm'
import { environments, flagConfigurations, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { FlagRow } from './configuration.ts'

/** A flag that serves its off variant unless the one asked about is in one of `variants`. */
export interface Dependent {
  flag: string
  environment: string
  variants: string[]
}

/** Flags in use that have this one as a prerequisite, by key and environment. */
export async function dependentsOf(db: Db, { id, projectId, key }: FlagRow): Promise<Dependent[]> {
  const named = JSON.stringify([{ flag: key }])
  const rows = await db
    .select({ flag: flags.key, environment: environments.key, prerequisites: flagConfigurations.prerequisites })
    .from(flagConfigurations)
    .innerJoin(flags, eq(flags.id, flagConfigurations.flagId))
    .innerJoin(environments, eq(environments.id, flagConfigurations.environmentId))
    .where(
      and(
        eq(flags.projectId, projectId),
        ne(flags.id, id),
        isNull(flags.archivedAt),
        sql`${flagConfigurations.prerequisites} @> ${named}::text::jsonb`,
      ),
    )
    .orderBy(asc(flags.key), asc(environments.position))
  return rows.map(({ flag, environment, prerequisites }) => ({
    flag,
    environment,
    variants: prerequisites.filter((prerequisite) => prerequisite.flag === key).flatMap(({ variants }) => variants),
  }))
}
