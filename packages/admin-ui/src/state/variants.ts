import type { FlagType, JsonValue, Variant } from '@rampart/evaluation'

/** Reads "name = value" lines. Text is taken as it stands; numbers and objects are JSON. */
export function parseVariants(text: string, type: FlagType): { variants: Variant[] } | { complaint: string } {
  const variants: Variant[] = []
  for (const line of text.split('\n').filter((line) => line.trim())) {
    const [, name, written] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (name === undefined || written === undefined) return { complaint: `“${line.trim()}” is not “name = value”.` }
    const value = type === 'string' ? written : readJson(written)
    if (!fits(value, type)) return { complaint: `The value of “${name}” is not a ${type}.` }
    variants.push({ name, value })
  }
  return variants.length < 2 ? { complaint: 'Give at least two variants, the off variant first.' } : { variants }
}

function fits(value: JsonValue | undefined, type: FlagType): value is JsonValue {
  if (type === 'object') return typeof value === 'object' && value !== null
  return typeof value === type
}

function readJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}
