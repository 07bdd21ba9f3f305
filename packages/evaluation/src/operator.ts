// The operators of conditions, in one table: how each reads one of its own values, once, when a condition is compiled, and
// what it does with it later.
import { instantOf } from './instant.ts'
import { type Address, holds, parseAddress, parseNetwork } from '#network'
import { compareVersion, parseVersion, type Version } from '#semver'
import { isText } from './malformed.ts'
import type { AttributeOperator, JsonValue } from './snapshot.ts'

export type Test = (value: unknown) => boolean

// What nearly all conditions ask is told apart by a number, see operand.ts.
export const EQUALS = 0
export const STARTS_WITH = 1
export const ENDS_WITH = 2
export const CONTAINS = 3
export const ONE_OF = 4
export const VERSION = 5
/** The operand is a `Test`. */
export const OTHER = 6

export interface Operator {
  readonly kind: number
  /** What the values must be, for people. */
  readonly what: string
  /** The operand made of one value; undefined when this operator cannot use it. */
  read(value: JsonValue, ignoreCase: boolean): unknown
  /** Makes of somebody's value what is tested, once for all operands. */
  prepare?(value: unknown): unknown
}

const LESS = 1
const EQUAL = 2
const GREATER = 4

/** Whether an order (below 0, 0, above 0) is one of those accepted. NaN, of what cannot be read, is none. */
export function isAccepted(order: number, accepts: number): boolean {
  return (accepts & (order < 0 ? LESS : order > 0 ? GREATER : order === 0 ? EQUAL : 0)) !== 0
}

export interface WantedVersion extends Version {
  /** Sum of the orders that hold. */
  readonly accepts: number
}

function textOperator(kind: number): Operator {
  return { kind, what: 'text', read: (value) => (isText(value) ? value : undefined) }
}

function orderOperator(accepts: number, what = 'numbers', read: (value: unknown) => number = numberOf): Operator {
  return {
    kind: OTHER,
    what,
    read(wanted): Test | undefined {
      const limit = read(wanted)
      return Number.isNaN(limit) ? undefined : (value) => isAccepted(read(value) - limit, accepts)
    },
  }
}

function instantOperator(accepts: number): Operator {
  return orderOperator(accepts, 'ISO 8601 dates or epoch milliseconds', instantOf)
}

function versionOperator(accepts: number): Operator {
  return {
    kind: VERSION,
    what: 'semantic versions',
    read(value): WantedVersion | undefined {
      const version = isText(value) ? parseVersion(value) : null
      return version ? { ...version, accepts } : undefined
    },
  }
}

/** Longer text matches no pattern: a pattern is the one operator whose time may grow faster than the text. */
const MAX_PATTERN_TEXT = 1000

export const OPERATORS: Record<AttributeOperator, Operator> = {
  in: {
    kind: EQUALS,
    what: 'text, numbers or booleans',
    read: (value) => (typeof value === 'object' ? undefined : value),
  },
  contains: textOperator(CONTAINS),
  startsWith: textOperator(STARTS_WITH),
  endsWith: textOperator(ENDS_WITH),
  matches: {
    kind: OTHER,
    what: 'regular expressions',
    read(source, ignoreCase): Test | undefined {
      if (!isText(source)) return undefined
      try {
        const pattern = new RegExp(source, ignoreCase ? 'iu' : 'u')
        return (value) => isText(value) && value.length <= MAX_PATTERN_TEXT && pattern.test(value)
      } catch {
        return undefined
      }
    },
  },
  lessThan: orderOperator(LESS),
  lessOrEqual: orderOperator(LESS + EQUAL),
  greaterThan: orderOperator(GREATER),
  greaterOrEqual: orderOperator(GREATER + EQUAL),
  before: instantOperator(LESS),
  after: instantOperator(GREATER),
  semverEqual: versionOperator(EQUAL),
  semverLessThan: versionOperator(LESS),
  semverLessOrEqual: versionOperator(LESS + EQUAL),
  semverGreaterThan: versionOperator(GREATER),
  semverGreaterOrEqual: versionOperator(GREATER + EQUAL),
  inNetwork: {
    kind: OTHER,
    what: 'addresses or networks like 192.0.2.0/24',
    read(text): Test | undefined {
      const network = isText(text) ? parseNetwork(text) : null
      return network === null ? undefined : (address) => address !== null && holds(network, address as Address)
    },
    prepare: (value) => (isText(value) ? parseAddress(value) : null),
  },
  exists: { kind: OTHER, what: 'anything', read: (): Test => (value) => value !== undefined },
}

const DECIMAL = /^[+-]?\d+(\.\d+)?$/

/** A finite number, or decimal text of one; NaN for anything else. */
function numberOf(value: unknown): number {
  const number = isText(value) && DECIMAL.test(value) ? Number(value) : typeof value === 'number' ? value : NaN
  return Number.isFinite(number) ? number : Number.NaN
}

export function isVersionAccepted(text: string, wanted: WantedVersion): boolean {
  return isAccepted(compareVersion(text, wanted), wanted.accepts)
}
