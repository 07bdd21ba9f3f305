// A snapshot ready for evaluation. Flags and segments are compiled when somebody first asks for them: an application
// uses tens of the 10 000 flags an environment may hold, and swapping a snapshot in must not stall its event loop.
import { type CompiledFlag, compileFlag, type Lookup } from './compile-flag.ts'
import { brokenSegment, type CompiledSegment, compileSegment } from './condition.ts'
import { canBeFollowed, MAX_DEPTH } from './dependencies.ts'
import { Malformed } from './malformed.ts'
import type { Condition, FlagDocument, SegmentDocument, Snapshot } from './snapshot.ts'

export interface CompiledSnapshot {
  readonly revision: number
  /** Undefined when there is no such flag. Compiled on the first call, the same object afterwards. */
  flag(key: string): CompiledFlag | undefined
  /** Keys of all flags, in the order of the snapshot. */
  keys(): IterableIterator<string>
}

/** Where the documents of one moment are found; asked again and again, so the same key must give an equal document. */
export interface Documents {
  readonly revision: number
  flag(key: string): FlagDocument | undefined
  segment(key: string): SegmentDocument | undefined
  keys(): IterableIterator<string>
}

/** What was compiled under this key before, or what `compile` makes of it now; undefined when there is no such document. */
export type Keep<T> = (key: string, compile: (key: string) => T | undefined) => T | undefined

/** What was compiled, kept by whoever wants to use it again for the documents of a later moment. */
export interface Kept extends Omit<Lookup, 'segment' | 'flag'> {
  readonly flag: Keep<CompiledFlag>
  readonly segment: Keep<CompiledSegment>
}

/** Never throws; documents without a key are left out, everything else malformed is the affair of its own flag. */
export function compileSnapshot(snapshot: Snapshot): CompiledSnapshot {
  const flags = byKey(snapshot?.flags)
  const segments = byKey(snapshot?.segments)
  const documents: Documents = {
    revision: snapshot?.revision,
    flag: (key) => flags.get(key),
    segment: (key) => segments.get(key),
    keys: () => flags.keys(),
  }
  return compileDocuments(documents, { flag: keepAll(), segment: keepAll() })
}

function keepAll<T>(): Keep<T> {
  const known = new Map<string, T>()
  return (key, compile) => {
    let compiled = known.get(key)
    if (!compiled) {
      compiled = compile(key)
      if (compiled) known.set(key, compiled)
    }
    return compiled
  }
}

/** The same for documents that are kept elsewhere, going on with what was compiled of them before. */
export function compileDocuments(documents: Documents, kept: Kept): CompiledSnapshot {
  const segment = (key: string) => kept.segment(key, compileSegmentOf)
  const flag = (key: string) => kept.flag(key, compileFlagOf)
  const lookup = { ...kept, segment, flag }

  function compileSegmentOf(key: string): CompiledSegment | undefined {
    const document = documents.segment(key)
    if (!document) return undefined
    return canBeFollowed(key, (one) => segmentsIn(documents.segment(one)))
      ? compileSegment(document, segment, kept.indexKeys)
      : brokenSegment(key, `its segments ${CIRCLE}`)
  }

  function compileFlagOf(key: string): CompiledFlag | undefined {
    const document = documents.flag(key)
    if (!document) return undefined
    // Nearly all flags depend on no other: their documents are looked up once.
    const isSound =
      prerequisitesOf(document).length === 0 || canBeFollowed(key, (one) => prerequisitesOf(documents.flag(one)))
    return compileFlag(document, isSound ? lookup : { ...lookup, flag: refuse })
  }

  return { revision: documents.revision, flag, keys: () => documents.keys() }
}

const CIRCLE = `form a circle, or go more than ${MAX_DEPTH} deep`

function refuse(): never {
  throw new Malformed(`prerequisites ${CIRCLE}`)
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
