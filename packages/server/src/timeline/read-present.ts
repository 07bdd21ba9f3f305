import { and, eq, gte, inArray, like, max } from 'drizzle-orm'
import { auditEntries, environments, flagConfigurations, flagKills, flags, ramps } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { stateNow } from '../ramps/ramp-now.ts'
import { UNFINISHED_STATES } from '../ramps/ramp-states.ts'
import type { Present } from './undo-of.ts'

/** Finds what holds now where an entry belongs. */
export type PresentLookup = (flagId: string | null, environmentId: string | null) => Present | undefined

/**
 * Reads, in a few statements whatever the number of entries, what decides about undoing them. What took an entry back came
 * after it, so the history is looked at from `since` on, the oldest of them: a flag may have years of it.
 */
export async function readPresent(db: Db, flagIds: ReadonlySet<string>, since: Date): Promise<PresentLookup> {
  const ids = [...flagIds]
  if (ids.length === 0) return () => undefined
  const [flagRows, configurations, undos, running, moves] = await Promise.all([
    db.select().from(flags).where(inArray(flags.id, ids)),
    selectConfigurations(db, ids),
    selectUndos(db, ids, since),
    db
      .select()
      .from(ramps)
      .where(and(inArray(ramps.flagId, ids), inArray(ramps.state, UNFINISHED_STATES))),
    selectLastMoves(db, ids, since),
  ])
  const rampsByPlace = new Map(running.map((ramp) => [placeKey(ramp.flagId, ramp.environmentId), ramp]))
  const lastMoves = new Map(moves.map((row) => [placeKey(row.flagId ?? '', row.environmentId ?? ''), row.seq ?? 0]))
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
    const kill = place && { killed: place.killed ?? false, revision: place.killRevision ?? 0 }
    const ramp = rampsByPlace.get(key)
    return {
      archivedAt: flag.archivedAt,
      facts: flag,
      configuration: place ? { version: place.version } : undefined,
      kill,
      undone: undone.get(key) ?? new Set(),
      rules: {
        reasonRequired: place?.reasonRequired ?? false,
        approvalRequired: place?.approvalRequired ?? false,
      },
      ramp: ramp && {
        ...stateNow(ramp, kill ?? null),
        step: ramp.step,
        steps: ramp.plan.steps,
        lastSeq: lastMoves.get(key) ?? 0,
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

function selectUndos(db: Db, flagIds: string[], since: Date) {
  return db
    .select({
      flagId: auditEntries.flagId,
      environmentId: auditEntries.environmentId,
      version: auditEntries.version,
    })
    .from(auditEntries)
    .where(and(isLater(flagIds, since), eq(auditEntries.action, 'configuration.undo')))
}

function selectLastMoves(db: Db, flagIds: string[], since: Date) {
  return db
    .select({ flagId: auditEntries.flagId, environmentId: auditEntries.environmentId, seq: max(auditEntries.seq) })
    .from(auditEntries)
    .where(and(isLater(flagIds, since), like(auditEntries.action, 'ramp.%')))
    .groupBy(auditEntries.flagId, auditEntries.environmentId)
}

function isLater(flagIds: string[], since: Date) {
  return and(inArray(auditEntries.flagId, flagIds), gte(auditEntries.at, since))
}

function placeKey(flagId: string, environmentId: string): string {
  return `${flagId} ${environmentId}`
}
