import type { FlagDocument } from '@rampart/evaluation'
import { and, eq, isNull } from 'drizzle-orm'
import { flagConfigurations, flags, segments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Environment } from '../projects/projects.queries.ts'
import type { Surroundings } from './check-configuration.ts'
import { toDocument } from './configuration.ts'

/** What a configuration names, read only as far as it names anything: most flags stand alone. */
export async function readSurroundings(
  db: Db,
  environment: Environment,
  document: FlagDocument,
): Promise<Surroundings> {
  const namesSegments = document.rules.some((rule) => rule.conditions.some((condition) => condition.op === 'segment'))
  const namesFlags = (document.prerequisites ?? []).length > 0
  return {
    segments: namesSegments ? await readSegmentKeys(db, environment.projectId) : new Set(),
    flags: namesFlags ? await readFlags(db, environment.id) : new Map(),
  }
}

/** Keys of the segments that are in use. */
export async function readSegmentKeys(db: Db, projectId: string): Promise<Set<string>> {
  const rows = await db
    .select({ key: segments.key })
    .from(segments)
    .where(and(eq(segments.projectId, projectId), isNull(segments.archivedAt)))
  return new Set(rows.map(({ key }) => key))
}

async function readFlags(db: Db, environmentId: string): Promise<Map<string, FlagDocument>> {
  const rows = await db
    .select({ flag: flags, configuration: flagConfigurations })
    .from(flagConfigurations)
    .innerJoin(flags, eq(flags.id, flagConfigurations.flagId))
    .where(and(eq(flagConfigurations.environmentId, environmentId), isNull(flags.archivedAt)))
  return new Map(rows.map(({ flag, configuration }) => [flag.key, toDocument(flag, configuration)]))
}
