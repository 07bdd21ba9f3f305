import { setImmediate } from 'node:timers/promises'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { environments, flagConfigurations, flagKills, flags } from '../db/schema/index.ts'
import { inColumns, rowsOf } from '../db/in-columns.ts'
import type { Db } from '../db/store.ts'
import { findProject } from '../projects/projects.queries.ts'
import { lastEvaluations } from '../telemetry/last-evaluations.ts'
import type { FlagRow } from './configuration.ts'
import type { Editable } from './configuration.schemas.ts'
import { type FlagLife, judgeStaleness } from './judge-staleness.ts'
import { expectedDaysOf } from './lifetimes.ts'

/** The flags of a project that nobody needs any more, with why and what to delete, longest first. */
export async function listStaleFlags(db: Db, projectKey: string, now = new Date()) {
  const { id } = await findProject(db, projectKey)
  const places = await db.select().from(environments).where(eq(environments.projectId, id))
  const production = places.filter((place) => place.production)
  const judged = (production.length > 0 ? production : places).map((place) => place.id)
  const [parts, evaluated] = await Promise.all([
    selectServed(db, id, judged),
    lastEvaluations(
      db,
      places.map((place) => place.id),
    ),
  ])
  const lives = new Map<string, FlagLife>()
  for (const part of parts) {
    for (const { killed, killedAt, updatedAt, ...row } of rowsOf<Served>(part)) {
      const life = lives.get(row.key) ?? lifeOf(row, evaluated.get(row.key) ?? null)
      const changedAt = new Date(Math.max(Date.parse(updatedAt), killedAt === null ? 0 : Date.parse(killedAt)))
      life.served.push({ ...row, killed: killed ?? false, changedAt })
      lives.set(row.key, life)
    }
    await setImmediate()
  }
  return [...lives.values()]
    .flatMap((life) => {
      const stale = judgeStaleness(life, now)
      if (!stale) return []
      const lastEvaluatedAt = life.lastEvaluatedAt?.toISOString() ?? null
      return [{ flag: life.key, ...stale, since: stale.since.toISOString(), lastEvaluatedAt }]
    })
    .toSorted((a, b) => a.since.localeCompare(b.since) || a.flag.localeCompare(b.flag))
}

/** A flag in one environment, as the database writes it. */
interface Served extends Pick<Editable, 'on' | 'offVariant' | 'targets' | 'rules' | 'defaultServe'> {
  key: string
  kind: FlagRow['kind']
  lifetimeDays: number | null
  createdAt: string
  updatedAt: string
  killed: boolean | null
  killedAt: string | null
}

function lifeOf(
  flag: Pick<Served, 'key' | 'kind' | 'lifetimeDays' | 'createdAt'>,
  lastEvaluatedAt: Date | null,
): FlagLife {
  const { key, kind } = flag
  const createdAt = new Date(flag.createdAt)
  return { key, kind, expectedDays: expectedDaysOf(flag), createdAt, lastEvaluatedAt, served: [] }
}

/** In parts of a few hundred, so that judging thousands holds nobody up. */
function selectServed(db: Db, projectId: string, environmentIds: string[]) {
  const { key, kind, lifetimeDays, createdAt } = flags
  const { on, offVariant, targets, rules, defaultServe, updatedAt } = flagConfigurations
  const { killed, at: killedAt } = flagKills
  const fields = {
    key,
    kind,
    lifetimeDays,
    createdAt,
    on,
    offVariant,
    targets,
    rules,
    defaultServe,
    updatedAt,
    killed,
    killedAt,
  }
  return db
    .select(inColumns(fields))
    .from(flags)
    .innerJoin(flagConfigurations, eq(flagConfigurations.flagId, flags.id))
    .leftJoin(
      flagKills,
      and(
        eq(flagKills.flagId, flagConfigurations.flagId),
        eq(flagKills.environmentId, flagConfigurations.environmentId),
      ),
    )
    .where(
      and(
        eq(flags.projectId, projectId),
        isNull(flags.archivedAt),
        environmentIds.length > 0 ? inArray(flagConfigurations.environmentId, environmentIds) : sql`false`,
      ),
    )
    .groupBy(sql`uuid_hash(${flags.id}) & 15`)
}
