// A snapshot ready for evaluation. Flags and segments are compiled when somebody first asks for them: an application
// uses tens of the 10 000 flags an environment may hold, and swapping a snapshot in must not stall its event loop.
import type { ShareAnswers } from './answers.ts'
import { type CompiledFlag, compileFlag } from './compile-flag.ts'
import { brokenSegment, type CompiledSegment, compileSegment, type ShareConditions } from './condition.ts'
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

/** Where the documents of one moment are found; asked again and again, so the same key must give an equal document. */
export interface Documents {
  readonly revision: number
  flag(key: string): FlagDocument | undefined
  segment(key: string): SegmentDocument | undefined
  keys(): IterableIterator<string>
}

export interface Keep<T> {
  get(key: string): T | undefined
  set(key: string, compiled: T): unknown
}

/** What was compiled, kept by whoever wants to use it again for the documents of a later moment. */
export interface Kept {
  readonly flags: Keep<CompiledFlag>
  readonly segments: Keep<CompiledSegment>
  /**
   * Hears that `by` must be compiled again when `needed` changes; both as `nodeOf` writes them. Who was refused for a circle
   * needs ANY: a change of any of its kind may have opened the circle.
   */
  onNeed?(needed: string, by: string): void
  share?: ShareAnswers | undefined
  shareConditions?: ShareConditions | undefined
}

export const ANY = '*'

/** How flags and segments are told apart where both are meant. */
export function nodeOf(kind: 'flag' | 'segment', key: string): string {
  return `${kind} ${key}`
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
  return compileDocuments(documents, { flags: new Map(), segments: new Map() })
}

/** The same for documents that are kept elsewhere, going on with what was compiled of them before. */
export function compileDocuments(documents: Documents, kept: Kept): CompiledSnapshot {
  const flagCheck = new DependencyCheck((key) => prerequisitesOf(documents.flag(key)))
  const segmentCheck = new DependencyCheck((key) => segmentsIn(documents.segment(key)))
  const { share, shareConditions } = kept
  const lookup = { segment, flag, share, shareConditions }
  let compiling = ''

  function need(kind: 'flag' | 'segment', key: string): void {
    if (compiling !== '') kept.onNeed?.(nodeOf(kind, key), compiling)
  }

  /** Knows for whom it works, so that `need` does. */
  function compileAs<T>(node: string, compile: () => T): T {
    const before = compiling
    compiling = node
    const compiled = compile()
    compiling = before
    return compiled
  }

  function segment(key: string): CompiledSegment | undefined {
    need('segment', key)
    const known = kept.segments.get(key)
    if (known !== undefined) return known
    const document = documents.segment(key)
    if (document === undefined) return undefined
    const compiled = compileAs(nodeOf('segment', key), () => {
      if (segmentCheck.canBeFollowed(key)) return compileSegment(document, segment)
      need('segment', ANY)
      return brokenSegment(key, `it contains itself, or segments more than ${MAX_DEPTH} deep`)
    })
    kept.segments.set(key, compiled)
    return compiled
  }

  function flag(key: string): CompiledFlag | undefined {
    need('flag', key)
    const known = kept.flags.get(key)
    if (known !== undefined) return known
    const document = documents.flag(key)
    if (document === undefined) return undefined
    // Nearly all flags depend on no other: their documents are looked up once.
    const compiled = compileAs(nodeOf('flag', key), () => {
      if (prerequisitesOf(document).length === 0 || flagCheck.canBeFollowed(key)) return compileFlag(document, lookup)
      need('flag', ANY)
      return compileFlag(document, { ...lookup, flag: refuse })
    })
    kept.flags.set(key, compiled)
    return compiled
  }

  return { revision: documents.revision, flag, keys: () => documents.keys() }
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
