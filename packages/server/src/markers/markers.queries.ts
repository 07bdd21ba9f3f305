import { and, asc, eq, gte, isNull, lte, notLike, or } from 'drizzle-orm'
import { auditEntries, environments, flags, markers } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Marker } from './markers.schemas.ts'

export interface MarkerQuery {
  projectId: string
  /** Also includes what concerns the whole project. */
  environmentId?: string | undefined
  /** Changes of this flag alone; deploys are always included. */
  flagId?: string | undefined
  from: Date
  to: Date
}

/** More lines than this on one graph say nothing any more. */
const MAX_MARKERS = 2000

/** The vertical lines of a graph, oldest first: deploys that were reported, and every change of a flag. */
export async function listMarkers(db: Db, query: MarkerQuery): Promise<Marker[]> {
  const [deploys, changes] = await Promise.all([listDeploys(db, query), listChanges(db, query)])
  return [...deploys, ...changes].sort((a, b) => (a.at < b.at ? -1 : 1))
}

async function listDeploys(db: Db, { projectId, environmentId, from, to }: MarkerQuery): Promise<Marker[]> {
  const rows = await db
    .select({ marker: markers, environment: environments.key })
    .from(markers)
    .leftJoin(environments, eq(environments.id, markers.environmentId))
    .where(
      and(
        eq(markers.projectId, projectId),
        gte(markers.at, from),
        lte(markers.at, to),
        environmentId ? or(eq(markers.environmentId, environmentId), isNull(markers.environmentId)) : undefined,
      ),
    )
    .orderBy(asc(markers.at))
    .limit(MAX_MARKERS)
  return rows.map(({ marker, environment }) => ({
    at: marker.at.toISOString(),
    kind: marker.kind,
    label: marker.service ? `${marker.service}: ${marker.label}` : marker.label,
    by: marker.by,
    reason: null,
    flag: null,
    environment,
    url: marker.url,
    auditId: null,
  }))
}

async function listChanges(db: Db, { projectId, environmentId, flagId, from, to }: MarkerQuery): Promise<Marker[]> {
  const rows = await db
    .select({ entry: auditEntries, environment: environments.key, flag: flags.key })
    .from(auditEntries)
    .innerJoin(flags, eq(flags.id, auditEntries.flagId))
    .leftJoin(environments, eq(environments.id, auditEntries.environmentId))
    .where(
      and(
        eq(auditEntries.projectId, projectId),
        gte(auditEntries.at, from),
        lte(auditEntries.at, to),
        flagId ? eq(auditEntries.flagId, flagId) : undefined,
        // What is only asked for, or shown to who follows a link, moves nobody.
        notLike(auditEntries.action, 'change-request.%'),
        notLike(auditEntries.action, 'qa-link.%'),
        environmentId
          ? or(eq(auditEntries.environmentId, environmentId), isNull(auditEntries.environmentId))
          : undefined,
      ),
    )
    .orderBy(asc(auditEntries.seq))
    .limit(MAX_MARKERS)
  return rows.map(({ entry, environment, flag }) => ({
    at: entry.at.toISOString(),
    kind: kindOf(entry.action),
    label: entry.sentence,
    by: entry.actor.name,
    reason: entry.reason,
    flag,
    environment,
    url: null,
    auditId: entry.id,
  }))
}

function kindOf(action: string): Marker['kind'] {
  if (action === 'flag.kill') return 'kill'
  return action === 'flag.restore' ? 'restore' : 'change'
}
