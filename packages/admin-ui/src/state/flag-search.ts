// Search runs on every keystroke over up to 10 000 flags: each flag's text is lowered once and kept beside it.
import type { FlagState, FlagSummary, StaleFlag } from '../contract.ts'

export const STATES: FlagState[] = ['dark', 'ramping', 'on', 'held', 'killed', 'off']
export type StateFilter = FlagState | 'stale'
export type StaleFlags = ReadonlyMap<string, StaleFlag>

const haystacks = new WeakMap<FlagSummary, string>()

function haystack(flag: FlagSummary): string {
  let text = haystacks.get(flag)
  if (text === undefined) {
    text = `${flag.key}\n${flag.name}\n${flag.owner}`.toLowerCase()
    haystacks.set(flag, text)
  }
  return text
}

/** True when the flag is in this state; `stale` holds the flags that are stale, by key. */
export function hasState(flag: FlagSummary, environment: string, state: StateFilter, stale: StaleFlags): boolean {
  return state === 'stale' ? stale.has(flag.key) : flag.environments[environment]?.state === state
}

/**
 * Flags that match every word of the query, in their order. A word is part of key, name or owner, or one of
 * `tag:checkout`, `owner:ada`, `state:ramping`.
 */
export function searchFlags(
  flags: FlagSummary[],
  query: string,
  environment: string,
  stale: StaleFlags,
): FlagSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return flags
  return flags.filter((flag) => words.every((word) => matches(flag, word, environment, stale)))
}

function matches(flag: FlagSummary, word: string, environment: string, stale: StaleFlags): boolean {
  const [, field, wanted] = /^(tag|owner|state):(.*)$/.exec(word) ?? []
  if (field === undefined || wanted === undefined) return haystack(flag).includes(word)
  if (field === 'tag') return flag.tags.some((tag) => tag.toLowerCase().startsWith(wanted))
  if (field === 'owner') return flag.owner.toLowerCase().includes(wanted)
  return wanted === 'stale' ? stale.has(flag.key) : (flag.environments[environment]?.state.startsWith(wanted) ?? false)
}
