import type { Condition, JsonValue } from '@rampart/evaluation'

/** Sorted and each once, so that the same people are the same list whoever wrote it down. */
export function normalisedKeys(keys: readonly string[]): string[] {
  return [...new Set(keys)].sort()
}

/** Where a segment's groups of conditions stand in a request. */
export function patternLists(rules: readonly Condition[][]) {
  return rules.map((conditions, index) => ({ path: `rules[${index}]`, conditions }))
}

/** More keys than this are counted in the history and not listed. */
const LISTED_KEYS = 1_000

/** A segment as the history keeps it. */
export function summaryOf(segment: {
  name: string
  description: string
  included: string[]
  excluded: string[]
  rules: Condition[][]
}): JsonValue {
  const { name, description, included, excluded, rules } = segment
  return { name, description, included: listed(included), excluded: listed(excluded), rules } as unknown as JsonValue
}

function listed(keys: string[]): JsonValue {
  return keys.length <= LISTED_KEYS ? keys : { keys: keys.length }
}
