import { and, desc, eq, gt, lt, sql } from 'drizzle-orm'
import { contextAttributes } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

/** Attributes of a project that are kept. Names made of data would otherwise fill the table. */
const ATTRIBUTES_PER_PROJECT = 300
/** Who was written down is not written down again for so long. */
const FRESH_MS = 60 * 60_000
const KEPT = sql`now() - interval '30 days'`

/** Gathers the names and types of attributes that SDKs report, and writes down those that are news. */
export interface AttributeNotes {
  note(projectId: string, attributes: readonly (readonly [string, string])[], nowMs: number): void
  write(): Promise<void>
}

export function createAttributeNotes(db: Db): AttributeNotes {
  const noted = new Map<string, Map<string, number>>()
  let news: { projectId: string; name: string; type: string }[] = []

  return {
    note(projectId, attributes, nowMs) {
      const known = noted.get(projectId) ?? new Map<string, number>()
      noted.set(projectId, known)
      for (const [name, type] of attributes) {
        const key = `${type} ${name}`
        const at = known.get(key)
        if (at === undefined ? known.size >= ATTRIBUTES_PER_PROJECT : nowMs - at < FRESH_MS) continue
        known.set(key, nowMs)
        news.push({ projectId, name, type })
      }
    },
    async write() {
      if (news.length === 0) return
      const rows = news
      news = []
      rows.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1))
      await db
        .insert(contextAttributes)
        .values(rows)
        .onConflictDoUpdate({
          target: [contextAttributes.projectId, contextAttributes.name, contextAttributes.type],
          set: { lastSeenAt: sql`now()` },
        })
    },
  }
}

function orderOf({ projectId, name, type }: { projectId: string; name: string; type: string }): string {
  return `${projectId} ${name} ${type}`
}

/** Attributes that applications gave in the last 30 days, by name. */
export async function listAttributes(db: Db, projectId: string): Promise<{ name: string; type: string }[]> {
  return db
    .select({ name: contextAttributes.name, type: contextAttributes.type })
    .from(contextAttributes)
    .where(and(eq(contextAttributes.projectId, projectId), gt(contextAttributes.lastSeenAt, KEPT)))
    .orderBy(contextAttributes.name, desc(contextAttributes.lastSeenAt))
    .limit(ATTRIBUTES_PER_PROJECT)
}

export async function forgetOldAttributes(db: Db): Promise<void> {
  await db.delete(contextAttributes).where(lt(contextAttributes.lastSeenAt, KEPT))
}
