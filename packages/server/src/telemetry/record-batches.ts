import { lt, sql } from 'drizzle-orm'
import { exposureMinutes, telemetryCursors } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

/** Evaluations of one flag and variant in one minute. */
export interface Count {
  flagKey: string
  variant: string
  allocation: number
  /** Start of the minute, milliseconds since 1970. */
  minute: number
  count: number
}

/** A batch as it is counted. */
export interface CountedBatch {
  environmentId: string
  instance: string
  /** Undefined for a batch that is sent once and never repeated; it leaves no cursor behind. */
  seq: number | undefined
  counts: Count[]
}

const ROWS_PER_STATEMENT = 1000

/**
 * Counts many batches in one transaction and says which of them were new, in their order. Each is counted once,
 * however often it arrives: the cursor of its instance moves in the same transaction. At most one batch with a `seq` per
 * instance.
 */
export async function recordBatches(db: Db, batches: CountedBatch[]): Promise<boolean[]> {
  return db.transaction(async (tx) => {
    const fresh = await moveCursors(tx, batches)
    const isNew = batches.map((batch) => batch.seq === undefined || fresh.has(cursorId(batch)))
    await addCounts(tx, sumUp(batches.filter((_, at) => isNew[at])))
    return isNew
  })
}

function cursorId({ environmentId, instance }: { environmentId: string; instance: string }): string {
  return `${environmentId} ${instance}`
}

/** In one order for all replicas: two of them that lock the same rows must never wait for each other. */
async function moveCursors(tx: Db, batches: CountedBatch[]): Promise<Set<string>> {
  const cursors = batches
    .flatMap(({ environmentId, instance, seq }) => (seq === undefined ? [] : [{ environmentId, instance, seq }]))
    .sort((a, b) => (cursorId(a) < cursorId(b) ? -1 : 1))
  if (cursors.length === 0) return new Set()
  const moved = await tx
    .insert(telemetryCursors)
    .values(cursors)
    .onConflictDoUpdate({
      target: [telemetryCursors.environmentId, telemetryCursors.instance],
      set: { seq: sql`excluded.seq`, updatedAt: sql`now()` },
      setWhere: sql`${telemetryCursors.seq} < excluded.seq`,
    })
    .returning({ environmentId: telemetryCursors.environmentId, instance: telemetryCursors.instance })
  return new Set(moved.map(cursorId))
}

type Row = typeof exposureMinutes.$inferInsert

/** One row per environment, flag, minute, variant and allocation, in the order of that key. */
function sumUp(batches: CountedBatch[]): Row[] {
  const rows = new Map<string, Row>()
  for (const { environmentId, counts } of batches) {
    for (const { flagKey, variant, allocation, minute, count } of counts) {
      const key = JSON.stringify([environmentId, flagKey, minute, variant, allocation])
      const row = rows.get(key)
      if (row) row.count += count
      else rows.set(key, { environmentId, flagKey, minute: new Date(minute), variant, allocation, count })
    }
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
}

async function addCounts(tx: Db, rows: Row[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
    await tx
      .insert(exposureMinutes)
      .values(rows.slice(at, at + ROWS_PER_STATEMENT))
      .onConflictDoUpdate({
        target: [
          exposureMinutes.environmentId,
          exposureMinutes.flagKey,
          exposureMinutes.minute,
          exposureMinutes.variant,
          exposureMinutes.allocation,
        ],
        set: { count: sql`${exposureMinutes.count} + excluded.count` },
      })
  }
}

/** SDKs give up after a day, so an instance that was silent for 30 days repeats nothing any more. */
export async function forgetOldCursors(db: Db): Promise<void> {
  await db.delete(telemetryCursors).where(lt(telemetryCursors.updatedAt, sql`now() - interval '30 days'`))
}
