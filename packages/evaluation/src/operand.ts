// What a value is tested against. The tests that nearly all conditions make are told apart by a number and done in one
// place, where engines inline them; a function for each would be called blindly, and take twice the memory.
import { isText, Malformed, missing, named } from './malformed.ts'
import {
  CONTAINS,
  ENDS_WITH,
  EQUALS,
  isVersionAccepted,
  ONE_OF,
  OPERATORS,
  type Operator,
  OTHER,
  STARTS_WITH,
  type Test,
  type WantedVersion,
} from './operator.ts'
import type { AttributeOperator, JsonValue } from './snapshot.ts'
import { own } from './user.ts'

/** Belongs to a kind, which alone knows what it is. */
export type Operand = { readonly kind: number; readonly operand: unknown }

/** @throws Malformed for an unknown operator, or values it cannot use: ignoring one would silently change who matches */
export function compileOperand(op: AttributeOperator, values: readonly JsonValue[], ignoreCase: boolean): Operand {
  const operator = (own(OPERATORS, op) ?? missing('operator', op)) as Operator
  const folds = ignoreCase && operator.kind <= CONTAINS
  const prepare = folds ? lower : operator.prepare
  const operands = (op === 'exists' ? [true] : values).map((value) => {
    const operand = operator.read(folds ? (lower(value) as JsonValue) : value, ignoreCase)
    if (operand === undefined) throw new Malformed(`values of "${op}" must be ${operator.what}, not ${named(value)}`)
    return operand
  })
  const { kind, operand } = anyOf(operator.kind, operands)
  return prepare ? testOperand((value) => isMet(kind, operand, prepare(value))) : { kind, operand }
}

/** Met by a value that meets any of these operands. */
function anyOf(kind: number, operands: readonly unknown[]): Operand {
  if (operands.length === 1) return { kind, operand: operands[0] }
  if (kind === EQUALS) return { kind: ONE_OF, operand: new Set(operands) }
  return testOperand((value) => operands.some((operand) => isMet(kind, operand, value)))
}

function testOperand(test: Test): Operand {
  return { kind: OTHER, operand: test }
}

function lower(value: unknown): unknown {
  return isText(value) ? value.toLowerCase() : value
}

export function isMet(kind: number, operand: unknown, value: unknown): boolean {
  if (kind === EQUALS) return value === operand
  if (kind === ONE_OF) return (operand as ReadonlySet<unknown>).has(value)
  if (kind === OTHER) return (operand as Test)(value)
  if (!isText(value)) return false
  if (kind === STARTS_WITH) return value.startsWith(operand as string)
  if (kind === ENDS_WITH) return value.endsWith(operand as string)
  return kind === CONTAINS ? value.includes(operand as string) : isVersionAccepted(value, operand as WantedVersion)
}
