import { setImmediate } from 'node:timers/promises'
import { and, asc, desc, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { auditEntries, environments, flagConfigurations, flagKills, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { findProject } from '../projects/projects.queries.ts'
import { databaseNow } from '../ramps/move-ramp.ts'
import type { RampRow } from '../ramps/ramp-now.ts'
import { briefOf, rampsOfProject } from '../ramps/ramps.queries.ts'
import { stateOf } from './configuration.ts'
import { factsOf } from './flags.queries.ts'
import type { FlagSummary } from './flags.schemas.ts'

/** So many flags are summed up before everybody else gets a turn: ten thousand of them must not hold up a kill. */
const SLICE = 500

export interface Wanted {
  /** The archived flags instead of those in use. */
  archived: boolean
  /** With the variants of each; their values may be large. */
  variants: boolean
  /** Only the first so many; all unless given. */
  limit?: number | undefined
}

/** Every flag of a project in the shape of the list. Throws NOT_FOUND for an unknown project. */
export async function listFlags(
  db: Db,
  project: string,
  { archived, variants, limit }: Wanted,
): Promise<FlagSummary[]> {
  const { id } = await findProject(db, project)
  const all = and(eq(flags.projectId, id), archived ? isNotNull(flags.archivedAt) : isNull(flags.archivedAt))
  const chosen = limit === undefined ? all : inArray(flags.id, firstByKey(db, all, limit))
  const [rows, summaries] = await Promise.all([flagsWithLastChange(db, chosen), environmentSummaries(db, id, chosen)])
  const list: FlagSummary[] = []
  for (const { flag, change } of rows) {
    list.push({
      ...factsOf(flag),
      ...(variants ? { variants: flag.variants } : {}),
      lastChange: change && {
        at: change.at.toISOString(),
        by: change.actor.name,
        sentence: change.sentence,
        environment: change.environment,
      },
      environments: summaries.get(flag.id) ?? {},
    })
    if (list.length % SLICE === 0) await setImmediate()
  }
  return list
}

function firstByKey(db: Db, all: SQL | undefined, limit: number) {
  return db.select({ id: flags.id }).from(flags).where(all).orderBy(asc(flags.key)).limit(limit)
}

/** The newest entry of each flag by the index on flag and time; sorting the whole history would grow for ever. */
function flagsWithLastChange(db: Db, chosen: SQL | undefined) {
  const change = db
    .select({
      at: auditEntries.at,
      actor: auditEntries.actor,
      sentence: auditEntries.sentence,
      environment: sql<string | null>`${environments.key}`.as('environment'),
    })
    .from(auditEntries)
    .leftJoin(environments, eq(environments.id, auditEntries.environmentId))
    .where(eq(auditEntries.flagId, flags.id))
    .orderBy(desc(auditEntries.at), desc(auditEntries.seq))
    .limit(1)
    .as('change')
  return db
    .select({
      flag: flags,
      change: { at: change.at, actor: change.actor, sentence: change.sentence, environment: change.environment },
    })
    .from(flags)
    .leftJoinLateral(change, sql`true`)
    .where(chosen)
    .orderBy(asc(flags.key))
}

type Summaries = Map<string, FlagSummary['environments']>

async function environmentSummaries(db: Db, projectId: string, chosen: SQL | undefined): Promise<Summaries> {
  const [names, rows, ramps, now] = await Promise.all([
    db.select().from(environments).where(eq(environments.projectId, projectId)),
    selectStates(db, chosen),
    rampsOfProject(db, projectId),
    databaseNow(db),
  ])
  const keys = new Map(names.map(({ id, key }) => [id, key]))
  const summaries: Summaries = new Map()
  let count = 0
  for (const row of rows) {
    const ofFlag = summaries.get(row.flagId) ?? {}
    ofFlag[keys.get(row.environmentId) ?? ''] = summarize(
      row,
      ramps.get(`${row.flagId} ${row.environmentId}`) ?? null,
      now,
    )
    summaries.set(row.flagId, ofFlag)
    if (++count % SLICE === 0) await setImmediate()
  }
  return summaries
}

/** Only the columns that a line of the list needs: there are three rows for each of thousands of flags. */
function selectStates(db: Db, chosen: SQL | undefined) {
  return db
    .select({
      flagId: flagConfigurations.flagId,
      environmentId: flagConfigurations.environmentId,
      on: flagConfigurations.on,
      offVariant: flagConfigurations.offVariant,
      targets: flagConfigurations.targets,
      rules: flagConfigurations.rules,
      defaultServe: flagConfigurations.defaultServe,
      version: flagConfigurations.version,
      updatedAt: flagConfigurations.updatedAt,
      killed: flagKills.killed,
      killRevision: flagKills.revision,
      killedAt: flagKills.at,
      killedBy: flagKills.by,
      killedReason: flagKills.reason,
    })
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
    .where(chosen)
    .orderBy(asc(environments.position))
}

type StateRow = Awaited<ReturnType<typeof selectStates>>[number]

function summarize(row: StateRow, ramp: RampRow | null, now: Date) {
  const killed = row.killed ?? false
  const kill = { killed, revision: row.killRevision ?? 0 }
  return {
    ...stateOf(row, kill, ramp),
    ramp: ramp && briefOf(ramp, kill, row, now),
    on: row.on,
    offVariant: row.offVariant,
    version: row.version,
    updatedAt: row.updatedAt.toISOString(),
    killed,
    killedAt: killed ? (row.killedAt?.toISOString() ?? null) : null,
    killedBy: killed ? row.killedBy : null,
    killedReason: killed ? row.killedReason : null,
  }
}
