import { and, eq, inArray } from 'drizzle-orm'
import { auditEntries, environments, flagConfigurations, flagKills, flags } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Present } from './undo-of.ts'

/** Finds what holds now where an entry belongs. */
export type PresentLookup = (flagId: string | null, environmentId: string | null) => Present | undefined

/** Reads, in a few statements whatever the number of entries, what decides about undoing them. */
export async function readPresent(db: Db, flagIds: ReadonlySet<string>): Promise<PresentLookup> {
  const ids = [...flagIds]
  if (ids.length === 0) return () => undefined
  const [flagRows, configurations, undos] = await Promise.all([
    db.select().from(flags).where(inArray(flags.id, ids)),
    selectConfigurations(db, ids),
    selectUndos(db, ids),
  ])
  const flagsById = new Map(flagRows.map((row) => [row.id, row]))
  const placesById = new Map(configurations.map((row) => [placeKey(row.flagId, row.environmentId), row]))
  const undone = new Map<string, Set<number>>()
  for (const { flagId, environmentId, version } of undos) {
    const key = placeKey(flagId ?? '', environmentId ?? '')
    undone.set(key, (undone.get(key) ?? new Set()).add(version ?? 0))
  }
  return function present(flagId, environmentId) {
    const flag = flagsById.get(flagId ?? '')
    if (!flag) return undefined
    const key = placeKey(flag.id, environmentId ?? '')
    const place = placesById.get(key)
    return {
      archived: flag.archivedAt !== null,
      facts: flag,
      configuration: place ? { version: place.version } : undefined,
      kill: place ? { killed: place.killed ?? false, revision: place.killRevision ?? 0 } : undefined,
      undone: undone.get(key) ?? new Set(),
      rules: {
        reasonRequired: place?.reasonRequired ?? false,
        approvalRequired: place?.approvalRequired ?? false,
      },
    }
  }
}

function selectConfigurations(db: Db, flagIds: string[]) {
  return db
    .select({
      flagId: flagConfigurations.flagId,
      environmentId: flagConfigurations.environmentId,
      version: flagConfigurations.version,
      killed: flagKills.killed,
      killRevision: flagKills.revision,
      reasonRequired: environments.reasonRequired,
      approvalRequired: environments.approvalRequired,
    })
    .from(flagConfigurations)
    .innerJoin(environments, eq(environments.id, flagConfigurations.environmentId))
    .leftJoin(
      flagKills,
      and(
        eq(flagKills.flagId, flagConfigurations.flagId),
        eq(flagKills.environmentId, flagConfigurations.environmentId),
      ),
    )
    .where(inArray(flagConfigurations.flagId, flagIds))
}

function selectUndos(db: Db, flagIds: string[]) {
  return db
    .select({
      flagId: auditEntries.flagId,
      environmentId: auditEntries.environmentId,
      version: auditEntries.version,
    })
    .from(auditEntries)
    .where(and(inArray(auditEntries.flagId, flagIds), eq(auditEntries.action, 'configuration.undo')))
}

function placeKey(flagId: string, environmentId: string): string {
  return `${flagId} ${environmentId}`
}
