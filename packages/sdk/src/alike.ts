import type { JsonValue } from '@rampart/evaluation'

/** `'red'` as a default stands for any text, `3` for any number. */
export type Widened<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T

/** Whether a value may stand where the caller's default is of this type. Null takes anything. */
export function isAlike(value: JsonValue, fallback: JsonValue): boolean {
  if (fallback === null || fallback === undefined) return true
  return typeof value === typeof fallback && value !== null && Array.isArray(value) === Array.isArray(fallback)
}
