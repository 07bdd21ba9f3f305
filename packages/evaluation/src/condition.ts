// Conditions, and the segments they may name: who matches. Segments hold conditions and conditions hold segments,
// so both live here; a circle of segments is cut before anything is compiled (see dependencies.ts).
import { booleanIn, isText, listIn, Malformed, missing, named, problemOf, textIn } from './malformed.ts'
import { compileOperand, isMet, type Operand } from './operand.ts'
import { EQUALS } from './operator.ts'
import type { Condition, JsonValue, SegmentDocument } from './snapshot.ts'
import { type AttributePath, compilePath, isObject, NO_KEY, own, readAttribute, type User } from './user.ts'

export interface CompiledCondition extends Operand {
  readonly attribute: string
  /** Null for a plain attribute, which its name finds. */
  readonly path: AttributePath | null
  readonly negate: boolean
  /** Null for a condition on an attribute. */
  readonly segments: readonly CompiledSegment[] | null
}

/** Finds conditions that were compiled from equal documents before, or compiles and keeps these. */
export type ShareConditions = (
  conditions: readonly Condition[],
  compile: () => readonly CompiledCondition[],
) => readonly CompiledCondition[]

export interface CompiledSegment {
  readonly key: string
  /** Sets, because a list of 100 000 ids is asked on every evaluation. */
  readonly included: ReadonlySet<string>
  readonly excluded: ReadonlySet<string>
  readonly groups: readonly (readonly CompiledCondition[])[]
  /** What is malformed; a flag that uses such a segment answers PARSE_ERROR. */
  readonly problem: string | undefined
}

/** For those who meet the same list of keys again. */
export type IndexKeys = (keys: readonly string[]) => ReadonlySet<string>

export type SegmentLookup = (key: string) => CompiledSegment | undefined

/** True when all conditions hold; an empty list matches everybody. */
export function allHold(conditions: readonly CompiledCondition[], user: User, key: string): boolean {
  for (let i = 0; i < conditions.length; i++) {
    if (!holds(conditions[i] as CompiledCondition, user, key)) return false
  }
  return true
}

function holds(condition: CompiledCondition, user: User, key: string): boolean {
  const { path, kind, operand, negate } = condition
  if (condition.segments) return isInAny(condition.segments, user, key) !== negate
  // Nearly every condition names a plain attribute of an object: this much is inlined, the rest is not.
  const value = path ? readAttribute(path, user, key) : isObject(user) ? own(user, condition.attribute) : undefined
  const matches = typeof value === 'object' ? anyMatches(value, kind, operand) : isMet(kind, operand, value)
  return matches !== negate
}

function anyMatches(value: object | null, kind: number, operand: unknown): boolean {
  if (!value) return false
  return Array.isArray(value) ? value.some((one) => isMet(kind, operand, one)) : isMet(kind, operand, value)
}

function isInAny(segments: readonly CompiledSegment[], user: User, key: string): boolean {
  for (let i = 0; i < segments.length; i++) {
    if (isInSegment(segments[i] as CompiledSegment, user, key)) return true
  }
  return false
}

/** Included keys win over excluded ones, and both over the segment's conditions. */
export function isInSegment(segment: CompiledSegment, user: User, key: string): boolean {
  if (key !== NO_KEY) {
    if (segment.included.has(key)) return true
    if (segment.excluded.has(key)) return false
  }
  for (const group of segment.groups) if (allHold(group, user, key)) return true
  return false
}

/** @throws Malformed */
export function compileConditions(
  document: { readonly conditions: readonly Condition[] },
  segment: SegmentLookup,
): CompiledCondition[] {
  return listIn(document, 'conditions').map((condition) => compileCondition(condition, segment))
}

const NOTHING: Operand = { kind: EQUALS, operand: undefined }

function compileCondition(condition: Condition, segment: SegmentLookup): CompiledCondition {
  const values = listIn(condition, 'values') as JsonValue[]
  const negate = booleanIn(condition, 'negate', false)
  if (condition.op === 'segment') {
    const segments = values.map((value) => usableSegment(value, segment))
    return conditionOf('', null, negate, NOTHING, segments)
  }
  const attribute = textIn(condition, 'attribute')
  const path = compilePath(attribute)
  // The targeting key is always text, so a number in a condition on it can only mean the number's text.
  const wanted = path.isKey ? values.map((value) => (typeof value === 'number' ? String(value) : value)) : values
  const ignoreCase = booleanIn(condition, 'ignoreCase', false)
  return conditionOf(
    attribute,
    path.isPlain ? null : path,
    negate,
    compileOperand(condition.op, wanted, ignoreCase),
    null,
  )
}

/** The only place that makes the object, so that all conditions have one shape and the engine reads them alike. */
function conditionOf(
  attribute: string,
  path: AttributePath | null,
  negate: boolean,
  { kind, operand }: Operand,
  segments: readonly CompiledSegment[] | null,
): CompiledCondition {
  return { attribute, path, negate, kind, operand, segments }
}

function usableSegment(key: JsonValue, segment: SegmentLookup): CompiledSegment {
  const found = (isText(key) ? segment(key) : undefined) ?? missing('segment', key)
  if (found.problem) throw new Malformed(`segment "${key}" is malformed: ${found.problem}`)
  return found
}

/** Never throws: a malformed segment says so in `problem` and holds nobody. */
export function compileSegment(
  document: SegmentDocument,
  segment: SegmentLookup,
  index: IndexKeys = (keys) => new Set(keys),
): CompiledSegment {
  try {
    const key = textIn(document, 'key')
    return {
      key,
      included: index(listIn(document, 'included')),
      excluded: index(listIn(document, 'excluded')),
      groups: listIn(document, 'rules').map((conditions) => compileConditions({ conditions }, segment)),
      problem: undefined,
    }
  } catch (error) {
    return brokenSegment(named(document?.key), problemOf(error))
  }
}

export function brokenSegment(key: string, problem: string): CompiledSegment {
  return { key, included: new Set(), excluded: new Set(), groups: [], problem }
}
