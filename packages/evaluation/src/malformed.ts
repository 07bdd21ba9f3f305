// Documents come from a network and a disk; their types are a promise that somebody else made. These readers keep it
// or say what is wrong. What they throw never leaves the package: the compiler turns it into PARSE_ERROR.
import { WEIGHT_SCALE } from './snapshot.ts'

export class Malformed extends Error {}

export function expectText(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Malformed(`${what} must be text`)
  return value
}

export function expectBoolean(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Malformed(`${what} must be true or false`)
  return value
}

export function expectWeight(value: unknown, what: string): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= WEIGHT_SCALE) return value as number
  throw new Malformed(`${what} must be an integer from 0 to ${WEIGHT_SCALE}`)
}

export function expectList<T>(value: readonly T[], what: string): readonly T[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} must be a list`)
  return value
}

export function expectObject<T extends object>(value: T, what: string): T {
  if (typeof value !== 'object' || value === null) throw new Malformed(`${what} must be an object`)
  return value
}

/** How messages name a value. Only text is shown: turning an object of a hostile document into text can throw. */
export function named(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : `(${value === null ? 'null' : typeof value})`
}

/** The message for people; anything that is not a Malformed is a shape nobody foresaw. */
export function problemOf(error: unknown): string {
  return error instanceof Malformed ? error.message : 'the document cannot be read'
}
