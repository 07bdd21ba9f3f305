// What one developer sets for one process: values that flags have for everybody in it, whatever the service says. They are
// written into the documents before these are compiled, so that an evaluation knows nothing of them and costs the same.
import type { FlagDocument, JsonValue } from '@rampart/evaluation'
import { documentOf } from './declared-flags.ts'

/** By flag key: the value of one of its variants, or the variant's name. */
export type Overrides = { readonly [flag: string]: JsonValue }

/** The flag as it serves this variant to everybody. A killed one stays killed: nothing must outlive a kill. */
export function serveOnly(document: FlagDocument, variant: string): FlagDocument {
  const { prerequisites: _, targets: __, ramp: ___, ...rest } = document
  return { ...rest, on: true, rules: [], defaultServe: { variant } }
}

/**
 * The document that an override makes of a flag. One that nobody knows yet is made from the value. Undefined when the flag
 * has no such value or variant.
 */
export function overridden(
  key: string,
  document: FlagDocument | undefined,
  wanted: JsonValue,
): FlagDocument | undefined {
  if (document !== undefined) {
    const variant = variantOf(document, wanted)
    return variant === undefined ? undefined : serveOnly(document, variant)
  }
  return wanted === null ? undefined : documentOf(key, wanted, 0)
}

/** Why an override is passed over, for people. */
export function misfitOf(key: string, document: FlagDocument): string {
  const values = document.variants.map(({ name, value }) => `${name} (${JSON.stringify(value)})`)
  return `the override of "${key}" is ignored: it is none of the flag's variants ${values.join(', ')}`
}

function variantOf({ variants }: FlagDocument, wanted: JsonValue): string | undefined {
  if (!Array.isArray(variants)) return undefined
  const text = JSON.stringify(wanted)
  const found = variants.find(({ value }) => JSON.stringify(value) === text)
  return (found ?? variants.find(({ name }) => name === wanted))?.name
}

/** @throws Error with a sentence for a person */
export function parseOverrides(text: string): Overrides {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new Error('it is no JSON: write {"new-checkout": true}')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Error('it must be an object of flag keys and values: {"new-checkout": true}')
  }
  return parsed as Overrides
}
