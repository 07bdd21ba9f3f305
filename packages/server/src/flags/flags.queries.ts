import { and, asc, desc, eq, isNotNull, isNull, type SQL } from 'drizzle-orm'
import { auditEntries, environments, flagConfigurations, flagKills, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { type Environment, findEnvironment, findProject } from '../projects/projects.queries.ts'
import {
  type ConfigurationRow,
  type FlagRow,
  type KillRow,
  killState,
  stateOf,
  toConfiguration,
} from './configuration.ts'
import type { FlagSummary } from './flags.schemas.ts'

/** Throws NOT_FOUND. An archived flag is found: its history stays readable. */
export async function findFlag(db: Db, project: string, key: string): Promise<FlagRow> {
  const { id } = await findProject(db, project)
  const flag = await db.query.flags.findFirst({ where: and(eq(flags.projectId, id), eq(flags.key, key)) })
  if (!flag) throw new DomainError('NOT_FOUND', `Project "${project}" has no flag "${key}".`)
  return flag
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
    environments: Object.fromEntries(
      rows.map(({ environment, configuration, kill }) => [environment.key, toConfiguration(configuration, kill)]),
    ),
  }
}

/** One configuration with what belongs to it. Throws NOT_FOUND. */
export async function findConfiguration(
  db: Db,
  where: { project: string; flag: string; environment: string },
): Promise<{ flag: FlagRow; environment: Environment; configuration: ConfigurationRow; kill: KillRow | null }> {
  const environment = await findEnvironment(db, where.project, where.environment)
  const flag = await findFlag(db, where.project, where.flag)
  const [row] = await configurationsOf(
    db,
    and(eq(flagConfigurations.flagId, flag.id), eq(flagConfigurations.environmentId, environment.id)),
  )
  if (!row) throw new DomainError('NOT_FOUND', `Flag "${flag.key}" has no configuration in "${environment.key}".`)
  return { flag, environment, configuration: row.configuration, kill: row.kill }
}

/** Every flag of a project in the shape of the list: those in use, or those archived. */
export async function listFlags(db: Db, project: string, archived: boolean): Promise<FlagSummary[]> {
  const { id } = await findProject(db, project)
  const chosen = and(eq(flags.projectId, id), archived ? isNotNull(flags.archivedAt) : isNull(flags.archivedAt))
  const [rows, configurations, changes] = await Promise.all([
    db.select().from(flags).where(chosen).orderBy(asc(flags.key)),
    configurationsOf(db, chosen),
    lastChanges(db, id),
  ])
  const summaries = new Map<string, FlagSummary['environments']>()
  for (const { environment, configuration, kill } of configurations) {
    const ofFlag = summaries.get(configuration.flagId) ?? {}
    ofFlag[environment.key] = summarize(configuration, kill)
    summaries.set(configuration.flagId, ofFlag)
  }
  return rows.map((flag) => ({
    ...factsOf(flag),
    lastChange: changes.get(flag.id) ?? null,
    environments: summaries.get(flag.id) ?? {},
  }))
}

function configurationsOf(db: Db, where: SQL | undefined) {
  return db
    .select({ environment: environments, configuration: flagConfigurations, kill: flagKills })
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
    .where(where)
    .orderBy(asc(environments.position), asc(environments.key))
}

async function lastChanges(db: Db, projectId: string) {
  const rows = await db
    .selectDistinctOn([auditEntries.flagId], {
      flagId: auditEntries.flagId,
      at: auditEntries.at,
      actor: auditEntries.actor,
      sentence: auditEntries.sentence,
      environment: environments.key,
    })
    .from(auditEntries)
    .leftJoin(environments, eq(environments.id, auditEntries.environmentId))
    .where(and(eq(auditEntries.projectId, projectId), isNotNull(auditEntries.flagId)))
    .orderBy(auditEntries.flagId, desc(auditEntries.seq))
  return new Map(
    rows.map(({ flagId, at, actor, sentence, environment }) => [
      flagId,
      { at: at.toISOString(), by: actor.name, sentence, environment },
    ]),
  )
}

function factsOf(flag: FlagRow) {
  const { key, type, name, description, owner, tags, kind, clientVisible } = flag
  const createdAt = flag.createdAt.toISOString()
  const archivedAt = flag.archivedAt?.toISOString() ?? null
  return { key, type, name, description, owner, tags, kind, clientVisible, createdAt, archivedAt }
}

function summarize(row: ConfigurationRow, kill: KillRow | null) {
  const { killed, at, by, reason } = killState(kill)
  return {
    ...stateOf(row, killed),
    on: row.on,
    version: row.version,
    updatedAt: row.updatedAt.toISOString(),
    killed,
    killedAt: killed ? at : null,
    killedBy: killed ? by : null,
    killedReason: killed ? reason : null,
  }
}
