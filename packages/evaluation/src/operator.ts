// The operators of conditions. Each is compiled to a test of one value, with its own values parsed beforehand.
import { instantOf } from './instant.ts'
import { Malformed, named } from './malformed.ts'
import { holds, parseAddress, parseNetwork } from './network.ts'
import { compareVersion, parseVersion } from './semver.ts'
import type { AttributeOperator, JsonValue } from './snapshot.ts'

export type Test = (value: unknown) => boolean

type Values = readonly JsonValue[]

// Functions of the module and not of a call: thousands of conditions share them.
const contains = (text: string, part: string) => text.includes(part)
const startsWith = (text: string, part: string) => text.startsWith(part)
const endsWith = (text: string, part: string) => text.endsWith(part)
const isEqual = (a: number, b: number) => a === b
const isLess = (a: number, b: number) => a < b
const isLessOrEqual = (a: number, b: number) => a <= b
const isGreater = (a: number, b: number) => a > b
const isGreaterOrEqual = (a: number, b: number) => a >= b
const isPresent: Test = (value) => value !== undefined

/**
 * Compiles an operator and its values.
 * @throws Malformed for an unknown operator, or values it cannot use: ignoring one would silently change who matches.
 */
export function compileTest(op: AttributeOperator, values: Values, ignoreCase: boolean): Test {
  switch (op) {
    case 'in':
      return oneOf(values, ignoreCase)
    case 'contains':
      return textTest(values, ignoreCase, contains)
    case 'startsWith':
      return textTest(values, ignoreCase, startsWith)
    case 'endsWith':
      return textTest(values, ignoreCase, endsWith)
    case 'matches':
      return patternTest(values, ignoreCase)
    case 'lessThan':
      return numberTest(values, isLess)
    case 'lessOrEqual':
      return numberTest(values, isLessOrEqual)
    case 'greaterThan':
      return numberTest(values, isGreater)
    case 'greaterOrEqual':
      return numberTest(values, isGreaterOrEqual)
    case 'before':
      return instantTest(values, isLess)
    case 'after':
      return instantTest(values, isGreater)
    case 'semverEqual':
      return versionTest(values, isEqual)
    case 'semverLessThan':
      return versionTest(values, isLess)
    case 'semverLessOrEqual':
      return versionTest(values, isLessOrEqual)
    case 'semverGreaterThan':
      return versionTest(values, isGreater)
    case 'semverGreaterOrEqual':
      return versionTest(values, isGreaterOrEqual)
    case 'inNetwork':
      return networkTest(values)
    case 'exists':
      return isPresent
    default:
      throw new Malformed(`unknown operator ${named(op)}`)
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

/** Longer text matches no pattern: a pattern is the one operator whose time may grow faster than the text. */
export const MAX_PATTERN_TEXT = 1000

function patternTest(values: Values, ignoreCase: boolean): Test {
  const patterns = values.map((value) => {
    if (typeof value !== 'string') throw new Malformed('values of "matches" must be regular expressions')
    try {
      return new RegExp(value, ignoreCase ? 'iu' : 'u')
    } catch {
      throw new Malformed(`${named(value)} is no regular expression`)
    }
  })
  return (value) => {
    if (typeof value !== 'string' || value.length > MAX_PATTERN_TEXT) return false
    for (const pattern of patterns) if (pattern.test(value)) return true
    return false
  }
}

function networkTest(values: Values): Test {
  const networks = values.map((value) => {
    const network = typeof value === 'string' ? parseNetwork(value) : null
    if (network === null) throw new Malformed('values of "inNetwork" must be addresses or networks like 192.0.2.0/24')
    return network
  })
  return (value) => {
    const address = typeof value === 'string' ? parseAddress(value) : null
    if (address === null) return false
    for (const network of networks) if (holds(network, address)) return true
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

function versionTest(values: Values, test: (order: number, zero: number) => boolean): Test {
  const versions = values.map((value) => {
    const version = typeof value === 'string' ? parseVersion(value) : null
    if (version === null) throw new Malformed('values of a version operator must be semantic versions')
    return version
  })
  return (value) => {
    if (typeof value !== 'string') return false
    for (const version of versions) if (test(compareVersion(value, version), 0)) return true
    return false
  }
}
