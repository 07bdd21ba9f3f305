// Everything that an answer depends on, read until nothing new is named: prerequisites have rules of their own, rules
// name segments, and segments name segments.
import { compileSnapshot, type Condition, type FlagDocument, type SegmentDocument } from '@rampart/evaluation'

/** Everything that decides: the flag, and whatever it and its prerequisites name. */
export interface Surroundings {
  flag: FlagDocument
  others: FlagDocument[]
  segments: SegmentDocument[]
}

/** The same as applications hold it. */
export function snapshotOf({ flag, others, segments }: Surroundings) {
  const { revision } = flag
  return compileSnapshot({ epoch: '', revision, project: '', environment: '', flags: [flag, ...others], segments })
}

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
    const found = namedIn(documents, groups)
    const newFlags = found.flags.filter((key) => !flags.has(key))
    const newSegments = found.segments.filter((key) => !segments.has(key))
    if (newFlags.length + newSegments.length === 0) {
      return { flag, others: documents.filter((one) => one !== flag), segments: groups }
    }
    await Promise.all([
      ...newFlags.map(async (key) => flags.set(key, await read.flag(key, signal))),
      ...newSegments.map(async (key) => segments.set(key, await read.segment(key, signal))),
    ])
  }
}

/** Keys of the flags and segments that these name, each once. */
export function namedIn(documents: FlagDocument[], groups: SegmentDocument[]) {
  const flags = documents.flatMap((one) => (one.prerequisites ?? []).map((needed) => needed.flag))
  const segments = [
    ...documents.flatMap(({ rules }) => rules.flatMap(({ conditions }) => segmentsOf(conditions))),
    ...groups.flatMap(({ rules }) => segmentsOf(rules.flat())),
  ]
  return { flags: [...new Set(flags)], segments: [...new Set(segments)] }
}

function segmentsOf(conditions: Condition[]): string[] {
  return conditions.flatMap((condition) => (condition.op === 'segment' ? condition.values : []))
}
