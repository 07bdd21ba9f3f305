// Is this what it says it is? The service validates before it commits; this is the second look, on receipt, over what the
// SDK itself relies on. What lies deeper (a rule, a weight) is the evaluation's to judge, which answers for one flag alone.
import type {
  CurrentEvent,
  FlagDocument,
  KillEvent,
  PatchEvent,
  ResetEvent,
  SegmentDelta,
  SegmentDocument,
} from '@rampart/evaluation'

type Shape = Record<string, unknown>

const DEEPEST_NESTING = 64

export function isRecord(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isFlagDocument(value: unknown): value is FlagDocument {
  return (
    isRecord(value) &&
    typeof value['key'] === 'string' &&
    typeof value['salt'] === 'string' &&
    typeof value['type'] === 'string' &&
    typeof value['on'] === 'boolean' &&
    typeof value['killed'] === 'boolean' &&
    typeof value['offVariant'] === 'string' &&
    isRevision(value['revision']) &&
    isRevision(value['killRevision']) &&
    isRevision(value['allocation']) &&
    Array.isArray(value['rules']) &&
    isRecord(value['defaultServe']) &&
    Array.isArray(value['variants']) &&
    value['variants'].every(isVariant)
  )
}

/** Values go to the application, which may walk over them; of the rest of a flag nobody goes deeper than it is meant to be. */
function isVariant(variant: unknown): boolean {
  return isRecord(variant) && typeof variant['name'] === 'string' && isShallowLeaf(variant['value'], DEEPEST_NESTING)
}

export function isSegmentDocument(value: unknown): value is SegmentDocument {
  return (
    isRecord(value) &&
    typeof value['key'] === 'string' &&
    isRevision(value['revision']) &&
    Array.isArray(value['included']) &&
    Array.isArray(value['excluded']) &&
    Array.isArray(value['rules']) &&
    isShallow(value, DEEPEST_NESTING)
  )
}

export function isPatchEvent(value: unknown): value is PatchEvent {
  return (
    isRecord(value) &&
    typeof value['epoch'] === 'string' &&
    isRevision(value['from']) &&
    isRevision(value['to']) &&
    (value['linkKey'] === undefined || isText(value['linkKey'])) &&
    isListOf(value['flags'], isFlagDocument) &&
    isListOf(value['segments'], isSegmentDocument) &&
    isListOf(value['removedFlags'], isTombstone) &&
    (value['segmentDeltas'] === undefined || isListOf(value['segmentDeltas'], isSegmentDelta)) &&
    isListOf(value['removedSegments'], isTombstone)
  )
}

function isSegmentDelta(value: unknown): value is SegmentDelta {
  return (
    isRecord(value) &&
    typeof value['key'] === 'string' &&
    isRevision(value['from']) &&
    isRevision(value['to']) &&
    isListOf(value['add'], isText) &&
    isListOf(value['remove'], isText)
  )
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

export function isKillEvent(value: unknown): value is KillEvent {
  return (
    isRecord(value) &&
    typeof value['epoch'] === 'string' &&
    typeof value['flag'] === 'string' &&
    isRevision(value['revision']) &&
    (value['receipt'] === undefined || (isRecord(value['receipt']) && isDuration(value['receipt']['windowMs'])))
  )
}

export function isCurrentEvent(value: unknown): value is CurrentEvent {
  return isRecord(value) && typeof value['epoch'] === 'string' && isRevision(value['revision'])
}

export function isResetEvent(value: unknown): value is ResetEvent {
  return isCurrentEvent(value) && isDuration((value as unknown as Shape)['spreadMs'])
}

function isTombstone(value: unknown): value is { key: string; revision: number } {
  return isRecord(value) && typeof value['key'] === 'string' && isRevision(value['revision'])
}

function isListOf(value: unknown, check: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(check)
}

export function isRevision(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}

/**
 * False for a document so deep that a walk over it could exhaust the stack: applications walk over values, and the copy on
 * disk over everything. Loops, because lists of ids are long and a check must not copy them.
 */
function isShallow(value: object, levels: number): boolean {
  if (levels === 0) return false
  if (Array.isArray(value)) {
    for (const inner of value) if (!isShallowLeaf(inner, levels)) return false
  } else {
    for (const name in value) if (!isShallowLeaf((value as Shape)[name], levels)) return false
  }
  return true
}

function isShallowLeaf(inner: unknown, levels: number): boolean {
  return typeof inner !== 'object' || inner === null || isShallow(inner, levels - 1)
}
