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
  /** Neither the targeting key nor a name with dots. */
  readonly isPlain: boolean
  /** `key` and `targetingKey` mean the targeting key, however the application spelled it. */
  readonly isKey: boolean
  /** The name cut at its dots. */
  readonly steps: readonly string[]
}

/** What stands for "no id": the empty text is no id either, so one comparison tells. */
export const NO_KEY = ''

// Not `Object.hasOwn`: called like this, engines inline it into the read that follows, which halves the time of a rule.
const { hasOwnProperty } = Object.prototype

/** The targeting key as text, or NO_KEY. Integers are their decimal text. */
export function keyOf(user: User): string {
  if (isObject(user)) return unitOf(own(user, 'key') ?? own(user, 'targetingKey'))
  return unitOf(user)
}

/** Text that may be hashed, or NO_KEY: never a guess, or many people would share one bucket. */
export function unitOf(value: unknown): string {
  if (typeof value === 'string') return value
  return Number.isSafeInteger(value) ? String(value) : NO_KEY
}

const NO_STEPS: readonly string[] = []

export function compilePath(name: string): AttributePath {
  const isKey = name === 'key' || name === 'targetingKey'
  const isPlain = !isKey && !name.includes('.')
  return { name, isPlain, isKey, steps: isPlain ? NO_STEPS : name.split('.') }
}

/** Value of an attribute, undefined when it is missing. */
export function readAttribute(path: AttributePath, user: User, key: string): unknown {
  if (path.isPlain && isObject(user)) return own(user, path.name)
  return readSpecial(path, user, key)
}

function readSpecial(path: AttributePath, user: User, key: string): unknown {
  if (path.isKey) return key === NO_KEY ? undefined : key
  if (!isObject(user)) return undefined
  // An own attribute with the whole dotted name wins.
  const direct = own(user, path.name)
  if (direct !== undefined) return direct
  let value: unknown = user
  for (const step of path.steps) {
    if (!isObject(value)) return undefined
    value = own(value, step)
  }
  return value
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** An own property only: neither `constructor` nor a polluted prototype looks like an attribute. */
export function own(object: object, name: string): unknown {
  return hasOwnProperty.call(object, name) ? (object as Attributes)[name] : undefined
}
