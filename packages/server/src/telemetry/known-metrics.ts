import { eq } from 'drizzle-orm'
import { metrics } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

/** A name with an id in it would make a graph for each of them. */
export const METRICS_PER_PROJECT = 200
/** Another replica may have met more, and a person may have let pages count. */
const FRESH_MS = 5_000

/** The metrics of a project, by name: whether what pages report of it may decide about a ramp. */
type Metrics = ReadonlyMap<string, boolean>

/** What projects track, remembered for a few seconds: every batch asks. */
export interface KnownMetrics {
  /**
   * The metrics of a project, those of `names` among them.
   * @param mayAdd whether names that nobody has met yet are taken in, while there is room: a page cannot invent any
   */
  of(projectId: string, names: readonly string[], mayAdd: boolean): Promise<Metrics>
}

export function createKnownMetrics(db: Db, now: () => number = () => performance.now()): KnownMetrics {
  const projects = new Map<string, { metrics: Metrics; readAt: number }>()

  async function read(projectId: string): Promise<Metrics> {
    const rows = await db.select().from(metrics).where(eq(metrics.projectId, projectId))
    const found = new Map(rows.map(({ name, fromPages }) => [name, fromPages]))
    projects.set(projectId, { metrics: found, readAt: now() })
    return found
  }

  return {
    async of(projectId, names, mayAdd) {
      const held = projects.get(projectId)
      if (names.length === 0) return held?.metrics ?? new Map()
      const isFresh = held !== undefined && now() - held.readAt < FRESH_MS
      const known = isFresh ? held.metrics : await read(projectId)
      const missing = [...new Set(names)].filter((name) => !known.has(name)).sort()
      const room = METRICS_PER_PROJECT - known.size
      if (!mayAdd || missing.length === 0 || room <= 0) return known
      const rows = missing.slice(0, room).map((name) => ({ projectId, name }))
      await db.insert(metrics).values(rows).onConflictDoNothing()
      return read(projectId)
    },
  }
}
