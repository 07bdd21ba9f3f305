// Everything that an answer depends on, read until nothing new is named: prerequisites have rules of their own, rules
// name segments, and segments name segments.
import type { Condition, FlagDocument, SegmentDocument } from '@rampart/evaluation'
import type { Surroundings } from './path-taken.ts'

/** How the documents are had; null for one that does not exist. */
export interface Reader {
  flag(key: string, signal: AbortSignal): Promise<FlagDocument | null>
  segment(key: string, signal: AbortSignal): Promise<SegmentDocument | null>
  /** Keys of the flags in use. */
  flagKeys(signal: AbortSignal): Promise<string[]>
}

/** Asks for each document once. Rejects with what the reader rejects with. */
export async function readSurroundings(
  flag: FlagDocument,
  read: Pick<Reader, 'flag' | 'segment'>,
  signal: AbortSignal,
): Promise<Surroundings> {
  const flags = new Map<string, FlagDocument | null>([[flag.key, flag]])
  const segments = new Map<string, SegmentDocument | null>()
  for (;;) {
    const documents = [...flags.values()].filter((one) => one !== null)
    const groups = [...segments.values()].filter((one) => one !== null)
    const newFlags = named(documents.flatMap((one) => (one.prerequisites ?? []).map((needed) => needed.flag))).filter(
      (key) => !flags.has(key),
    )
    const newSegments = named([
      ...documents.flatMap(({ rules }) => rules.flatMap(({ conditions }) => segmentsOf(conditions))),
      ...groups.flatMap(({ rules }) => segmentsOf(rules.flat())),
    ]).filter((key) => !segments.has(key))
    if (newFlags.length + newSegments.length === 0) {
      return { flag, others: documents.filter((one) => one !== flag), segments: groups }
    }
    await Promise.all([
      ...newFlags.map(async (key) => flags.set(key, await read.flag(key, signal))),
      ...newSegments.map(async (key) => segments.set(key, await read.segment(key, signal))),
    ])
  }
}

function named(keys: string[]): string[] {
  return [...new Set(keys)]
}

function segmentsOf(conditions: Condition[]): string[] {
  return conditions.flatMap((condition) => (condition.op === 'segment' ? condition.values : []))
}
