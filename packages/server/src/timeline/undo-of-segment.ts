import { and, eq, inArray } from 'drizzle-orm'
import { environments, segments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Entry, Undo } from './undo-of.ts'

/** What holds now of the segments that entries are about. */
export interface PresentSegments {
  /** Of those in use, by key. */
  versions: ReadonlyMap<string, number>
  /** A segment is the same in every environment: one that wants reasons is enough. */
  reasonRequired: boolean
}

/** Reads that for the edits among the entries, in two statements or none. */
export async function readSegments(db: Db, projectId: string, entries: readonly Entry[]): Promise<PresentSegments> {
  const keys = entries.flatMap((entry) => beforeOf(entry)?.key ?? [])
  if (keys.length === 0) return { versions: new Map(), reasonRequired: false }
  const [rows, strict] = await Promise.all([
    db
      .select({ key: segments.key, version: segments.version, archivedAt: segments.archivedAt })
      .from(segments)
      .where(and(eq(segments.projectId, projectId), inArray(segments.key, keys))),
    db.query.environments.findFirst({
      columns: { id: true },
      where: and(eq(environments.projectId, projectId), eq(environments.reasonRequired, true)),
    }),
  ])
  const inUse = rows.filter(({ archivedAt }) => archivedAt === null)
  return {
    versions: new Map(inUse.map(({ key, version }) => [key, version])),
    reasonRequired: strict !== undefined,
  }
}

/** An edit of a segment is taken back by the lists that were there before, where the history holds them whole. */
export function undoOfSegment(entry: Entry, project: string, present: PresentSegments): Undo | null {
  const before = beforeOf(entry)
  const current = before && present.versions.get(before.key)
  if (!before || current === undefined) return null
  if (current !== entry.version) return { state: 'superseded', action: null }
  const { key, ...body } = before
  return {
    state: 'possible',
    action: {
      label: 'Undo',
      will: `put the segment ${key} back`,
      method: 'PATCH',
      path: `/api/v1/projects/${encodeURIComponent(project)}/segments/${encodeURIComponent(key)}`,
      ifMatch: `"v${current}"`,
      body,
      needsReason: present.reasonRequired,
      needsApproval: false,
    },
  }
}

interface SegmentBefore extends Record<string, unknown> {
  key: string
}

/** Null for other entries, and for lists that were too long to be kept. */
function beforeOf({ action, before }: Entry): SegmentBefore | null {
  if (action !== 'segment.edit' && action !== 'segment.keys') return null
  const segment = before as Record<string, unknown> | null
  if (typeof segment?.['key'] !== 'string') return null
  const isWhole = Array.isArray(segment['included']) && Array.isArray(segment['excluded'])
  return isWhole ? (segment as SegmentBefore) : null
}
