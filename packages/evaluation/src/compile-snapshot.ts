// A snapshot ready for evaluation. Flags and segments are compiled when somebody first asks for them: an application
// uses tens of the 10 000 flags an environment may hold, and swapping a snapshot in must not stall its event loop.
import { type CompiledFlag, compileFlag } from './compile-flag.ts'
import { brokenSegment, type CompiledSegment, compileSegment } from './condition.ts'
import { DependencyCheck, MAX_DEPTH } from './dependencies.ts'
import { Malformed } from './malformed.ts'
import type { Condition, FlagDocument, SegmentDocument, Snapshot } from './snapshot.ts'

export interface CompiledSnapshot {
  readonly revision: number
  /** Undefined when there is no such flag. Compiled on the first call, the same object afterwards. */
  flag(key: string): CompiledFlag | undefined
  /** Keys of all flags, in the order of the snapshot. */
  keys(): IterableIterator<string>
}

/** Never throws; documents without a key are left out, everything else malformed is the affair of its own flag. */
export function compileSnapshot(snapshot: Snapshot): CompiledSnapshot {
  const documents = byKey(snapshot?.flags)
  const segmentDocuments = byKey(snapshot?.segments)
  const flags = new Map<string, CompiledFlag>()
  const segments = new Map<string, CompiledSegment>()
  const flagCheck = new DependencyCheck((key) => prerequisitesOf(documents.get(key)))
  const segmentCheck = new DependencyCheck((key) => segmentsIn(segmentDocuments.get(key)))
  const lookup = { segment, flag }

  function segment(key: string): CompiledSegment | undefined {
    const known = segments.get(key)
    if (known !== undefined) return known
    const document = segmentDocuments.get(key)
    if (document === undefined) return undefined
    const compiled = segmentCheck.canBeFollowed(key)
      ? compileSegment(document, segment)
      : brokenSegment(key, `it contains itself, or segments more than ${MAX_DEPTH} deep`)
    segments.set(key, compiled)
    return compiled
  }

  function flag(key: string): CompiledFlag | undefined {
    const known = flags.get(key)
    if (known !== undefined) return known
    const document = documents.get(key)
    if (document === undefined) return undefined
    const compiled = compileFlag(document, flagCheck.canBeFollowed(key) ? lookup : { segment, flag: refuse })
    flags.set(key, compiled)
    return compiled
  }

  return { revision: snapshot?.revision, flag, keys: () => documents.keys() }
}

function refuse(): never {
  throw new Malformed(`prerequisites form a circle, or go more than ${MAX_DEPTH} deep`)
}

function byKey<T extends { key: string }>(documents: readonly T[]): Map<string, T> {
  const map = new Map<string, T>()
  if (!Array.isArray(documents)) return map
  for (const document of documents as readonly T[])
    if (typeof document?.key === 'string') map.set(document.key, document)
  return map
}

/** Only of a live flag: a killed or switched-off one answers without asking its prerequisites. */
function prerequisitesOf(flag: FlagDocument | undefined): string[] {
  if (flag?.on !== true || flag.killed || !Array.isArray(flag.prerequisites)) return []
  return flag.prerequisites.map((one) => one?.flag)
}

function segmentsIn(segment: SegmentDocument | undefined): string[] {
  if (!Array.isArray(segment?.rules)) return []
  return segment.rules
    .flat()
    .flatMap((condition: Condition) =>
      condition?.op === 'segment' && Array.isArray(condition.values) ? condition.values : [],
    )
}
