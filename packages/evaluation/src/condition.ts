// Conditions, and the segments they may name: who matches. Segments hold conditions and conditions hold segments,
// so both live here; a circle of segments is cut before anything is compiled (see dependencies.ts).
import { expectBoolean, expectList, expectObject, expectText, Malformed, named, problemOf } from './malformed.ts'
import { compileOperand, isMet, type Operand } from './operand.ts'
import { EQUALS } from './operator.ts'
import type { Condition, SegmentDocument } from './snapshot.ts'
import { type AttributePath, compilePath, NO_KEY, own, readAttribute, type User } from './user.ts'

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
  if (condition.segments !== null) return isInAny(condition.segments, user, key) !== negate
  // Nearly every condition names a plain attribute of an object: this much is inlined, the rest is not.
  const isObject = typeof user === 'object' && user !== null
  const value = path !== null ? readAttribute(path, user, key) : isObject ? own(user, condition.attribute) : undefined
  const matches = typeof value === 'object' ? anyMatches(value, kind, operand) : isMet(kind, operand, value)
  return matches !== negate
}

function anyMatches(value: object | null, kind: number, operand: unknown): boolean {
  if (value === null) return false
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
export function compileConditions(conditions: readonly Condition[], segment: SegmentLookup): CompiledCondition[] {
  return expectList(conditions, 'conditions').map((condition) => compileCondition(condition, segment))
}

const NOTHING: Operand = { kind: EQUALS, operand: undefined }

function compileCondition(condition: Condition, segment: SegmentLookup): CompiledCondition {
  const values = expectList(expectObject(condition, 'a condition').values, 'values of a condition')
  const negate = expectBoolean(condition.negate ?? false, 'negate')
  if (condition.op === 'segment') {
    const segments = values.map((value) => usableSegment(expectText(value, 'a segment key'), segment))
    return conditionOf('', null, negate, NOTHING, segments)
  }
  const attribute = expectText(condition.attribute, 'attribute of a condition')
  const path = compilePath(attribute)
  // The targeting key is always text, so a number in a condition on it can only mean the number's text.
  const wanted = path.isKey ? values.map((value) => (typeof value === 'number' ? String(value) : value)) : values
  const ignoreCase = expectBoolean(condition.ignoreCase ?? false, 'ignoreCase')
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

function usableSegment(key: string, segment: SegmentLookup): CompiledSegment {
  const found = segment(key)
  if (found === undefined) throw new Malformed(`segment "${key}" does not exist`)
  if (found.problem !== undefined) throw new Malformed(`segment "${key}" is malformed: ${found.problem}`)
  return found
}

/** Never throws: a malformed segment says so in `problem` and holds nobody. */
export function compileSegment(document: SegmentDocument, segment: SegmentLookup): CompiledSegment {
  try {
    const key = expectText(expectObject(document, 'a segment').key, 'key of a segment')
    return {
      key,
      included: setOf(expectList(document.included, 'included keys')),
      excluded: setOf(expectList(document.excluded, 'excluded keys')),
      groups: expectList(document.rules, 'rules of a segment').map((group) => compileConditions(group, segment)),
      problem: undefined,
    }
  } catch (error) {
    return brokenSegment(named(document?.key), problemOf(error))
  }
}

// A segment may hold 100 000 keys, which take tens of milliseconds to index. Documents are replaced whole and never
// changed in place, so a list is indexed once however many snapshots carry it on.
const indexed = new WeakMap<readonly string[], ReadonlySet<string>>()

function setOf(keys: readonly string[]): ReadonlySet<string> {
  const known = indexed.get(keys)
  if (known !== undefined) return known
  const set = new Set(keys)
  indexed.set(keys, set)
  return set
}

export function brokenSegment(key: string, problem: string): CompiledSegment {
  return { key, included: new Set(), excluded: new Set(), groups: [], problem }
}
