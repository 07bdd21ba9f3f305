// The TypeScript type of what a flag may answer.
import type { JsonValue } from '@rampart/sdk'
import type { KnownFlag } from './known-flags.ts'

/** A text this long is content and no name of anything: its type is `string`. */
const LONGEST_LITERAL = 100
/** A structure whose type would be longer than this is any JSON; nobody would read it. */
const LONGEST_STRUCTURE = 2_000
/** Without an import, which would have to go when nothing uses it. */
const ANY_JSON = 'import("@rampart/sdk").JsonValue'

/** Variants never change once a flag exists, so texts and numbers are literal types; objects get their structure. */
export function valueType({ type, variants }: KnownFlag): string {
  const values = variants.map(({ value }) => value)
  if (type === 'boolean' || values.length === 0) return type === 'object' ? ANY_JSON : type
  if (type === 'object') {
    const text = structureType(values)
    return text.length > LONGEST_STRUCTURE ? ANY_JSON : text
  }
  const literals = [...new Set(values.map((value) => JSON.stringify(value)))]
  return literals.some((literal) => literal.length > LONGEST_LITERAL) ? type : literals.join(' | ')
}

/** Names of the variants. */
export function variantType({ variants }: KnownFlag): string {
  return variants.map(({ name }) => JSON.stringify(name)).join(' | ') || 'string'
}

/** One type that fits all these values: what only some objects have is optional. */
function structureType(values: readonly JsonValue[]): string {
  const types = new Set<string>()
  const arrays: JsonValue[][] = []
  const objects: { [key: string]: JsonValue }[] = []
  for (const value of values) {
    if (Array.isArray(value)) arrays.push(value)
    else if (value === null) types.add('null')
    else if (typeof value === 'object') objects.push(value)
    else types.add(typeof value)
  }
  if (objects.length > 0) types.add(objectType(objects))
  if (arrays.length > 0) {
    const items = arrays.flat()
    types.add(items.length === 0 ? `Array<${ANY_JSON}>` : `Array<${structureType(items)}>`)
  }
  return [...types].sort().join(' | ')
}

function objectType(objects: readonly { [key: string]: JsonValue }[]): string {
  const keys = [...new Set(objects.flatMap((object) => Object.keys(object)))].sort()
  const fields = keys.map((key) => {
    const holders = objects.filter((object) => Object.hasOwn(object, key))
    const mark = holders.length < objects.length ? '?' : ''
    return `${JSON.stringify(key)}${mark}: ${structureType(holders.map((object) => object[key] as JsonValue))}`
  })
  return fields.length === 0 ? `{ [key: string]: ${ANY_JSON} }` : `{ ${fields.join('; ')} }`
}
