import { setImmediate } from 'node:timers/promises'
import { and, asc, desc, eq, inArray, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import { auditEntries, environments, flagConfigurations, flagKills, flags } from '../db/schema/index.ts'
import { inColumns, rowsOf } from '../db/in-columns.ts'
import type { Db } from '../db/store.ts'
import { findProject } from '../projects/projects.queries.ts'
import { databaseNow } from '../ramps/move-ramp.ts'
import type { RampRow } from '../ramps/ramp-now.ts'
import { briefOf, rampsOfProject } from '../ramps/ramps.queries.ts'
import { stateOf } from './configuration.ts'
import type { Editable } from './configuration.schemas.ts'
import type { FlagSummary } from './flags.schemas.ts'
import { expectedDaysOf } from './lifetimes.ts'

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
  const [lines, summaries] = await Promise.all([
    selectLines(db, chosen, variants),
    environmentSummaries(db, id, chosen),
  ])
  const list: FlagSummary[] = []
  for (const columns of lines) {
    for (const { id: flagId, changedAt, changedBy, sentence, changedIn, ...line } of rowsOf<Line>(columns)) {
      list.push({
        ...line,
        createdAt: isoTime(line.createdAt),
        archivedAt: line.archivedAt && isoTime(line.archivedAt),
        expectedDays: expectedDaysOf(line),
        lastChange:
          changedAt === null ? null : { at: isoTime(changedAt), by: changedBy, sentence, environment: changedIn },
        environments: summaries.get(flagId) ?? {},
      })
      if (list.length % SLICE === 0) await setImmediate()
    }
  }
  return list
}

function firstByKey(db: Db, all: SQL | undefined, limit: number) {
  return db.select({ id: flags.id }).from(flags).where(all).orderBy(asc(flags.key)).limit(limit)
}

function isoTime(text: string): string {
  return new Date(text).toISOString()
}

/** A flag as the database writes it for the list. */
interface Line extends Omit<FlagSummary, 'expectedDays' | 'environments' | 'lastChange'> {
  id: string
  /** Null for a flag without a history. */
  changedAt: string | null
  changedBy: string
  sentence: string
  changedIn: string | null
}

/** The newest entry of each flag by the index on flag and time; sorting the whole history would grow for ever. */
function selectLines(db: Db, chosen: SQL | undefined, variants: boolean): Promise<Record<keyof Line, string | null>[]> {
  const change = db
    .select({
      at: sql`${auditEntries.at}`.as('changed_at'),
      by: sql`${auditEntries.actor} ->> 'name'`.as('changed_by'),
      sentence: auditEntries.sentence,
      environment: sql`${environments.key}`.as('changed_in'),
    })
    .from(auditEntries)
    .leftJoin(environments, eq(environments.id, auditEntries.environmentId))
    .where(eq(auditEntries.flagId, flags.id))
    .orderBy(desc(auditEntries.at), desc(auditEntries.seq))
    .limit(1)
    .as('change')
  const { id, key, type, name, description, owner, tags, kind, lifetimeDays, clientVisible } = flags
  const { createdAt, archivedAt } = flags
  const fields = {
    id,
    key,
    type,
    name,
    description,
    owner,
    tags,
    kind,
    lifetimeDays,
    clientVisible,
    createdAt,
    archivedAt,
    ...(variants ? { variants: flags.variants } : {}),
    changedAt: change.at,
    changedBy: change.by,
    sentence: change.sentence,
    changedIn: change.environment,
  }
  return db
    .select(inColumns(fields, flags.key))
    .from(flags)
    .leftJoinLateral(change, sql`true`)
    .where(chosen) as unknown as Promise<Record<keyof Line, string | null>[]>
}

type Summaries = Map<string, FlagSummary['environments']>

async function environmentSummaries(db: Db, projectId: string, chosen: SQL | undefined): Promise<Summaries> {
  const [places, parts, ramps, now] = await Promise.all([
    db
      .select({ id: environments.id, key: environments.key })
      .from(environments)
      .where(eq(environments.projectId, projectId)),
    selectStates(db, chosen),
    rampsOfProject(db, projectId),
    databaseNow(db),
  ])
  const summaries: Summaries = new Map()
  const keys = new Map(places.map(({ id, key }) => [id, key]))
  for (const part of parts) {
    for (const row of rowsOf<State>(part)) {
      const ofFlag = summaries.get(row.flagId) ?? {}
      summaries.set(row.flagId, ofFlag)
      const ramp = ramps.get(`${row.flagId} ${row.environmentId}`) ?? null
      ofFlag[keys.get(row.environmentId) ?? ''] = summarize(row, ramp, now)
    }
    await setImmediate()
  }
  return summaries
}

/** A flag in one environment, as the database writes it. */
interface State extends Pick<Editable, 'on' | 'offVariant' | 'targets' | 'rules' | 'defaultServe'> {
  flagId: string
  environmentId: string
  version: number
  updatedAt: string
  killed: boolean | null
  killRevision: number | null
  killedAt: string | null
  killedBy: string | null
  killedReason: string | null
}

/** Only what a line of the list needs, for there are three rows for each of thousands of flags, and in parts of a few hundred. */
function selectStates(db: Db, chosen: SQL | undefined) {
  const { flagId, environmentId, on, offVariant, targets, rules, defaultServe, version, updatedAt } = flagConfigurations
  const fields = {
    flagId,
    environmentId,
    on,
    offVariant,
    targets,
    rules,
    defaultServe,
    version,
    updatedAt,
    killed: flagKills.killed,
    killRevision: flagKills.revision,
    killedAt: flagKills.at,
    killedBy: flagKills.by,
    killedReason: flagKills.reason,
  }
  return db
    .select(inColumns(fields, environments.position))
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
    .groupBy(sql`uuid_hash(${flagConfigurations.flagId}) & 15`)
}

function summarize(row: State, ramp: RampRow | null, now: Date) {
  const killed = row.killed ?? false
  const kill = { killed, revision: row.killRevision ?? 0 }
  return {
    ...stateOf(row, kill, ramp),
    ramp: ramp && briefOf(ramp, kill, row, now),
    on: row.on,
    offVariant: row.offVariant,
    version: row.version,
    updatedAt: isoTime(row.updatedAt),
    killed,
    killedAt: killed && row.killedAt !== null ? isoTime(row.killedAt) : null,
    killedBy: killed ? row.killedBy : null,
    killedReason: killed ? row.killedReason : null,
  }
}
