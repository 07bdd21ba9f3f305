// What a value is tested against. The tests that nearly all conditions make are told apart by a number and done in one
// place, where engines inline them; a function for each would be called blindly, and take twice the memory.
import { compileTest, type Test } from './operator.ts'
import { compareVersion, parseVersion, type Version } from './semver.ts'
import type { AttributeOperator, JsonValue } from './snapshot.ts'

/** Belongs to a kind, which alone knows what it is. */
export type Operand = { readonly kind: number; readonly operand: unknown }

export const EQUALS = 0
const ONE_OF = 1
const STARTS_WITH = 2
const ENDS_WITH = 3
const CONTAINS = 4
const VERSION = 5
const OTHER = 6

const LESS = 1
const EQUAL = 2
const GREATER = 4

interface WantedVersion extends Version {
  /** Sum of the orders that hold. */
  readonly accepts: number
}

const ACCEPTED: Partial<Record<AttributeOperator, number>> = {
  semverEqual: EQUAL,
  semverLessThan: LESS,
  semverLessOrEqual: LESS + EQUAL,
  semverGreaterThan: GREATER,
  semverGreaterOrEqual: GREATER + EQUAL,
}

const TEXT_KINDS: Partial<Record<AttributeOperator, number>> = {
  startsWith: STARTS_WITH,
  endsWith: ENDS_WITH,
  contains: CONTAINS,
}

/** @throws Malformed for an unknown operator, or values it cannot use */
export function compileOperand(op: AttributeOperator, values: readonly JsonValue[], ignoreCase: boolean): Operand {
  return (
    (ignoreCase ? null : commonOperand(op, values)) ?? { kind: OTHER, operand: compileTest(op, values, ignoreCase) }
  )
}

function commonOperand(op: AttributeOperator, values: readonly JsonValue[]): Operand | null {
  const [only] = values
  if (op === 'in') {
    if (values.some((value) => typeof value === 'object')) return null
    return values.length === 1 ? { kind: EQUALS, operand: only } : { kind: ONE_OF, operand: new Set(values) }
  }
  if (values.length !== 1 || typeof only !== 'string') return null
  const kind = TEXT_KINDS[op]
  if (kind !== undefined) return { kind, operand: only }
  const accepts = ACCEPTED[op]
  const version = accepts === undefined ? null : parseVersion(only)
  return version === null ? null : { kind: VERSION, operand: { ...version, accepts } }
}

export function isMet(kind: number, operand: unknown, value: unknown): boolean {
  switch (kind) {
    case EQUALS:
      return value === operand
    case ONE_OF:
      return (operand as ReadonlySet<unknown>).has(value)
    case STARTS_WITH:
      return typeof value === 'string' && value.startsWith(operand as string)
    case ENDS_WITH:
      return typeof value === 'string' && value.endsWith(operand as string)
    case CONTAINS:
      return typeof value === 'string' && value.includes(operand as string)
    case VERSION:
      return typeof value === 'string' && isAccepted(value, operand as WantedVersion)
    default:
      return (operand as Test)(value)
  }
}

function isAccepted(text: string, wanted: WantedVersion): boolean {
  const order = compareVersion(text, wanted)
  // What is no version compares as NaN, and is neither.
  const found = order < 0 ? LESS : order > 0 ? GREATER : order === 0 ? EQUAL : 0
  return (wanted.accepts & found) !== 0
}
