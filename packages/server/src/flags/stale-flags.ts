import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { environments, flagConfigurations, flagKills, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { findProject } from '../projects/projects.queries.ts'
import { lastEvaluations } from '../telemetry/last-evaluations.ts'
import { type FlagLife, judgeStaleness } from './judge-staleness.ts'
import { expectedDaysOf } from './lifetimes.ts'

/** The flags of a project that nobody needs any more, with why and what to delete, longest first. */
export async function listStaleFlags(db: Db, projectKey: string, now = new Date()) {
  const { id } = await findProject(db, projectKey)
  const places = await db.select().from(environments).where(eq(environments.projectId, id))
  const production = places.filter((place) => place.production)
  const judged = (production.length > 0 ? production : places).map((place) => place.id)
  const [rows, evaluated] = await Promise.all([
    selectServed(db, id, judged),
    lastEvaluations(
      db,
      places.map((place) => place.id),
    ),
  ])
  const lives = new Map<string, FlagLife>()
  for (const { flag, configuration, kill } of rows) {
    const life = lives.get(flag.key) ?? lifeOf(flag, evaluated.get(flag.key) ?? null)
    const killedAt = kill?.at ?? configuration.updatedAt
    const changedAt = killedAt > configuration.updatedAt ? killedAt : configuration.updatedAt
    life.served.push({ ...configuration, killed: kill?.killed ?? false, changedAt })
    lives.set(flag.key, life)
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

function lifeOf(flag: typeof flags.$inferSelect, lastEvaluatedAt: Date | null): FlagLife {
  const { key, kind, createdAt } = flag
  return { key, kind, expectedDays: expectedDaysOf(flag), createdAt, lastEvaluatedAt, served: [] }
}

function selectServed(db: Db, projectId: string, environmentIds: string[]) {
  return db
    .select({ flag: flags, configuration: flagConfigurations, kill: flagKills })
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
}
