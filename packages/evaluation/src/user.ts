// Reading what an application says about its user. All of it may be hostile: only own properties count, so that
// `constructor` or a polluted prototype never looks like an attribute.

/**
 * Who is evaluated: an id (text or a safe integer), or `{key, ...attributes}`. `targetingKey` is another spelling of
 * `key`, and `key` wins. Anything else counts as a user without id.
 */
export type User = string | number | Attributes | null | undefined

export type Attributes = { readonly [attribute: string]: unknown }

/** Where an attribute is found; compiled once per condition. */
export interface AttributePath {
  readonly name: string
  /** The name cut at its dots, or null where it has none. */
  readonly steps: readonly string[] | null
  /** `key` and `targetingKey` mean the targeting key, however the application spelled it. */
  readonly isKey: boolean
}

/** What stands for "no id": the empty text is no id either, so one comparison tells. */
export const NO_KEY = ''

const hasOwn = Object.hasOwn

/** The targeting key as text, or NO_KEY. Integers are their decimal text. */
export function keyOf(user: User): string {
  if (typeof user === 'string') return user
  if (typeof user === 'object' && user !== null) {
    const key = own(user, 'key')
    return unitOf(key === undefined || key === null ? own(user, 'targetingKey') : key)
  }
  return unitOf(user)
}

/** Text that may be hashed, or NO_KEY: never a guess, or many people would share one bucket. */
export function unitOf(value: unknown): string {
  if (typeof value === 'string') return value
  return Number.isSafeInteger(value) ? String(value) : NO_KEY
}

export function compilePath(name: string): AttributePath {
  return {
    name,
    steps: name.includes('.') ? name.split('.') : null,
    isKey: name === 'key' || name === 'targetingKey',
  }
}

/** Value of an attribute, undefined when it is missing. An own attribute with the whole dotted name wins. */
export function readAttribute(path: AttributePath, user: User, key: string): unknown {
  if (path.isKey) return key === NO_KEY ? undefined : key
  if (typeof user !== 'object' || user === null) return undefined
  const direct = own(user, path.name)
  if (direct !== undefined || path.steps === null) return direct
  let value: unknown = user
  for (const step of path.steps) {
    if (typeof value !== 'object' || value === null) return undefined
    value = own(value, step)
  }
  return value
}

function own(object: object, name: string): unknown {
  return hasOwn(object, name) ? (object as Attributes)[name] : undefined
}
