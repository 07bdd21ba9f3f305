import { and, asc, eq, isNull, type SQL } from 'drizzle-orm'
import { environments, flagConfigurations, flagKills, flags, ramps } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { type Environment, findEnvironment, findProject } from '../projects/projects.queries.ts'
import { unfinishedRampOf } from '../ramps/ramp-now.ts'
import { type FlagRow, type StoredConfiguration, toConfiguration } from './configuration.ts'
import { expectedDaysOf } from './lifetimes.ts'

/** Throws NOT_FOUND. An archived flag is found: its history stays readable. */
export async function findFlag(db: Db, project: string, key: string): Promise<FlagRow> {
  const { id } = await findProject(db, project)
  const flag = await db.query.flags.findFirst({ where: and(eq(flags.projectId, id), eq(flags.key, key)) })
  if (!flag) throw new DomainError('NOT_FOUND', `Project "${project}" has no flag "${key}".`)
  return flag
}

/** Keys and names of the flags that are not archived, by key. Throws NOT_FOUND. */
export async function listFlagKeys(db: Db, project: string): Promise<{ key: string; name: string }[]> {
  const { id } = await findProject(db, project)
  const { key, name } = flags
  return db
    .select({ key, name })
    .from(flags)
    .where(and(eq(flags.projectId, id), isNull(flags.archivedAt)))
    .orderBy(asc(key))
}

/** A flag with its configuration in every environment, as the API answers it. */
export async function readFlag(db: Db, project: string, key: string) {
  const flag = await findFlag(db, project, key)
  const rows = await configurationsOf(db, eq(flagConfigurations.flagId, flag.id))
  return {
    ...factsOf(flag),
    variants: flag.variants,
    salt: flag.salt,
    updatedAt: flag.updatedAt.toISOString(),
    environments: Object.fromEntries(rows.map((row) => [row.environment.key, toConfiguration(row)])),
  }
}

/** One configuration with what belongs to it. Throws NOT_FOUND. */
export async function findConfiguration(
  db: Db,
  where: { project: string; flag: string; environment: string },
): Promise<StoredConfiguration & { flag: FlagRow; environment: Environment }> {
  const environment = await findEnvironment(db, where.project, where.environment)
  const flag = await findFlag(db, where.project, where.flag)
  const [row] = await configurationsOf(
    db,
    and(eq(flagConfigurations.flagId, flag.id), eq(flagConfigurations.environmentId, environment.id)),
  )
  if (!row) throw new DomainError('NOT_FOUND', `Flag "${flag.key}" has no configuration in "${environment.key}".`)
  return { flag, environment, configuration: row.configuration, kill: row.kill, ramp: row.ramp }
}

function configurationsOf(db: Db, where: SQL | undefined) {
  return db
    .select({ environment: environments, configuration: flagConfigurations, kill: flagKills, ramp: ramps })
    .from(flagConfigurations)
    .innerJoin(flags, eq(flags.id, flagConfigurations.flagId))
    .innerJoin(environments, eq(environments.id, flagConfigurations.environmentId))
    .leftJoin(
      flagKills,
      and(
        eq(flagKills.flagId, flagConfigurations.flagId),
        eq(flagKills.environmentId, flagConfigurations.environmentId),
      ),
    )
    .leftJoin(ramps, unfinishedRampOf(flagConfigurations))
    .where(where)
    .orderBy(asc(environments.position), asc(environments.key))
}

/** What a flag is, apart from what it serves. */
export function factsOf(flag: FlagRow) {
  const { key, type, name, description, owner, tags, kind, lifetimeDays, clientVisible } = flag
  const expectedDays = expectedDaysOf(flag)
  const createdAt = flag.createdAt.toISOString()
  const archivedAt = flag.archivedAt?.toISOString() ?? null
  return {
    key,
    type,
    name,
    description,
    owner,
    tags,
    kind,
    lifetimeDays,
    expectedDays,
    clientVisible,
    createdAt,
    archivedAt,
  }
}
