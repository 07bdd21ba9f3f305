// Documents come from a network and a disk; their types are a promise that somebody else made. These readers keep it
// or say what is wrong. What they throw never leaves the package: the compiler turns it into PARSE_ERROR.
import { WEIGHT_SCALE } from './snapshot.ts'

export class Malformed extends Error {}

/** Reads one member of a document, or `fallback` where it is missing. @throws Malformed when it is of another kind */
export type Reader = <D extends object, K extends keyof D & string>(
  document: D,
  name: K,
  fallback?: NonNullable<D[K]>,
) => NonNullable<D[K]>

function reader(what: string, isOne: (value: unknown) => boolean): Reader {
  return (document, name, fallback) => {
    const value = document[name] ?? fallback
    if (value === undefined || !isOne(value)) throw new Malformed(`${name} must be ${what}`)
    return value
  }
}

export const isText = (value: unknown): value is string => typeof value === 'string'

export const textIn: Reader = reader('text', isText)
export const booleanIn: Reader = reader('true or false', (value) => typeof value === 'boolean')
export const listIn: Reader = reader('a list', Array.isArray)
export const weightIn: Reader = reader(
  `an integer from 0 to ${WEIGHT_SCALE}`,
  (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= WEIGHT_SCALE,
)

/** How messages name a value. Only text is shown: turning an object of a hostile document into text can throw. */
export function named(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : `(${value === null ? 'null' : typeof value})`
}

/** @throws Malformed, always */
export function missing(what: string, name: unknown): never {
  throw new Malformed(`${what} ${named(name)} does not exist`)
}

/** The message for people; anything that is not a Malformed is a shape nobody foresaw. */
export function problemOf(error: unknown): string {
  return error instanceof Malformed ? error.message : 'the document cannot be read'
}
