import type { Db } from '../db/store.ts'
import { UNDO_MS } from '../flags/undo-edit.ts'
import { readPresent } from './read-present.ts'
import { type Entry, type EntryPlace, type Undo, undoOf } from './undo-of.ts'
import { readSegments, undoOfSegment } from './undo-of-segment.ts'

/** The undo of an entry of this age in milliseconds; null where nothing takes it back. */
export type UndoLookup = (entry: Entry, place: EntryPlace, ageMs: number) => Undo | null

/** Reads what holds now about a page of entries, in a few statements however many they are. */
export async function findUndos(db: Db, projectId: string, entries: readonly Entry[]): Promise<UndoLookup> {
  const oldest = Math.min(...entries.map(({ at }) => at.getTime()), Date.now())
  const [present, segments] = await Promise.all([
    readPresent(db, new Set(entries.flatMap(({ flagId }) => flagId ?? [])), new Date(oldest)),
    readSegments(db, projectId, entries),
  ])
  return function undo(entry, place, ageMs) {
    if (entry.flagId === null) return undoOfSegment(entry, place.project, segments)
    return undoOf(entry, place, present(entry.flagId, entry.environmentId), ageMs < UNDO_MS)
  }
}
