// The operators of conditions. Each is compiled to a test of one value, with its own values parsed beforehand.
import { instantOf } from './instant.ts'
import { Malformed } from './malformed.ts'
import { compareVersion, parseVersion } from './semver.ts'
import type { AttributeOperator, JsonValue } from './snapshot.ts'

export type Test = (value: unknown) => boolean

type Values = readonly JsonValue[]

/**
 * Compiles an operator and its values.
 * @throws Malformed for an unknown operator, or values it cannot use: ignoring one would silently change who matches.
 */
export function compileTest(op: AttributeOperator, values: Values, ignoreCase: boolean): Test {
  switch (op) {
    case 'in':
      return oneOf(values, ignoreCase)
    case 'contains':
      return textTest(values, ignoreCase, (text, part) => text.includes(part))
    case 'startsWith':
      return textTest(values, ignoreCase, (text, part) => text.startsWith(part))
    case 'endsWith':
      return textTest(values, ignoreCase, (text, part) => text.endsWith(part))
    case 'lessThan':
      return numberTest(values, (a, b) => a < b)
    case 'lessOrEqual':
      return numberTest(values, (a, b) => a <= b)
    case 'greaterThan':
      return numberTest(values, (a, b) => a > b)
    case 'greaterOrEqual':
      return numberTest(values, (a, b) => a >= b)
    case 'before':
      return instantTest(values, (a, b) => a < b)
    case 'after':
      return instantTest(values, (a, b) => a > b)
    case 'semverEqual':
      return versionTest(values, (order) => order === 0)
    case 'semverLessThan':
      return versionTest(values, (order) => order < 0)
    case 'semverLessOrEqual':
      return versionTest(values, (order) => order <= 0)
    case 'semverGreaterThan':
      return versionTest(values, (order) => order > 0)
    case 'semverGreaterOrEqual':
      return versionTest(values, (order) => order >= 0)
    case 'exists':
      return (value) => value !== undefined
    default:
      throw new Malformed(`unknown operator ${String(op)}`)
  }
}

function oneOf(values: Values, ignoreCase: boolean): Test {
  for (const value of values) {
    if (typeof value === 'object') throw new Malformed('values of "in" must be text, numbers or booleans')
  }
  if (ignoreCase) {
    const set = new Set(values.map(lower))
    return (value) => set.has(lower(value) as JsonValue)
  }
  if (values.length === 1) {
    const [only] = values
    return (value) => value === only
  }
  const set = new Set<unknown>(values)
  return (value) => set.has(value)
}

function lower(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}

function textTest(values: Values, ignoreCase: boolean, test: (text: string, part: string) => boolean): Test {
  const parts = values.map((value) => {
    if (typeof value !== 'string') throw new Malformed('values of a text operator must be text')
    return ignoreCase ? value.toLowerCase() : value
  })
  return (value) => {
    if (typeof value !== 'string') return false
    const text = ignoreCase ? value.toLowerCase() : value
    for (const part of parts) if (test(text, part)) return true
    return false
  }
}

function numberTest(values: Values, test: (a: number, b: number) => boolean): Test {
  return orderedTest(values, numberOf, 'numbers', test)
}

function instantTest(values: Values, test: (a: number, b: number) => boolean): Test {
  return orderedTest(values, instantOf, 'ISO 8601 dates or epoch milliseconds', test)
}

function orderedTest(
  values: Values,
  read: (value: unknown) => number,
  what: string,
  test: (a: number, b: number) => boolean,
): Test {
  const limits = values.map(read)
  if (limits.some(Number.isNaN)) throw new Malformed(`values of this operator must be ${what}`)
  return (value) => {
    const number = read(value)
    // NaN compares false with everything, so what cannot be read matches nothing.
    for (const limit of limits) if (test(number, limit)) return true
    return false
  }
}

const DECIMAL = /^[+-]?\d+(\.\d+)?$/

/** A finite number, or decimal text of one; NaN for anything else. */
function numberOf(value: unknown): number {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && DECIMAL.test(value) ? Number(value) : NaN
  return Number.isFinite(number) ? number : Number.NaN
}

function versionTest(values: Values, test: (order: number) => boolean): Test {
  const versions = values.map((value) => {
    const version = typeof value === 'string' ? parseVersion(value) : null
    if (version === null) throw new Malformed('values of a version operator must be semantic versions')
    return version
  })
  return (value) => {
    if (typeof value !== 'string') return false
    for (const version of versions) if (test(compareVersion(value, version))) return true
    return false
  }
}
