// Values of a condition as a person writes them: separated by commas, text bare. `equals` is strict about types, so
// a bare 12 or true is a number or a boolean, and "12" in quotes is text.
import type { AttributeOperator, JsonValue } from '@rampart/evaluation'

/** "DE, AT, "12", 3" for a field. */
export function writeValues(values: JsonValue[]): string {
  return values.map((value) => (typeof value === 'string' && isPlain(value) ? value : JSON.stringify(value))).join(', ')
}

/** Reads what stands in the field; versions and dates stay text whatever they look like. */
export function readValues(text: string, op: AttributeOperator): JsonValue[] {
  const written = text.match(/\s*"(?:[^"\\]|\\.)*"\s*|[^,]+/g) ?? []
  const alwaysText = op.startsWith('semver') || op === 'before' || op === 'after'
  return written
    .map((value) => value.trim())
    .filter(Boolean)
    .map((value) => (alwaysText && !value.startsWith('"') ? value : readValue(value)))
}

function readValue(text: string): JsonValue {
  if (!/^(?:"|true$|false$|-?\d)/.test(text)) return text
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text
  }
}

function isPlain(text: string): boolean {
  return text !== '' && text.trim() === text && !/[,"]/.test(text) && readValue(text) === text
}
