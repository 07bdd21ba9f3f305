import type { FlagDocument, FlagType, JsonValue } from '@rampart/evaluation'

/** Flags for a test: a value that everybody gets, or a whole flag as the service describes it. */
export type DeclaredFlags = { readonly [flag: string]: JsonValue | FlagDocument }

/** A value made for nobody, so that a switched-off flag of each type has something to answer. */
const OFF: Record<FlagType, JsonValue> = { boolean: false, string: '', number: 0, object: {} }

/** The flag that gives this value to everybody. */
export function documentOf(key: string, declared: JsonValue | FlagDocument, revision: number): FlagDocument {
  if (isDocument(declared)) return { ...declared, key, revision }
  const type = typeof declared === 'object' ? 'object' : (typeof declared as FlagType)
  const variants =
    type === 'boolean'
      ? [
          { name: 'on', value: true },
          { name: 'off', value: false },
        ]
      : [
          { name: 'value', value: declared },
          { name: 'off', value: OFF[type] },
        ]
  const variant = type === 'boolean' ? (declared === true ? 'on' : 'off') : 'value'
  return {
    key,
    type,
    salt: key,
    variants,
    offVariant: 'off',
    on: true,
    killed: false,
    killRevision: 0,
    rules: [],
    defaultServe: { variant },
    allocation: 1,
    revision,
  }
}

function isDocument(declared: JsonValue | FlagDocument): declared is FlagDocument {
  return typeof declared === 'object' && declared !== null && 'variants' in declared && 'offVariant' in declared
}
