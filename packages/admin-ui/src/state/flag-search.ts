// Search runs on every keystroke over up to 10 000 flags: each flag's text is lowered once and kept beside it.
import type { FlagState, FlagSummary } from '../contract.ts'

const DAY_MS = 86_400_000

/** A release flag that everyone has had for this long is asking to be taken out of the code. */
const STALE_AFTER_DAYS = 30

export const STATES: FlagState[] = ['dark', 'ramping', 'on', 'held', 'killed', 'off']
export type StateFilter = FlagState | 'stale'

const haystacks = new WeakMap<FlagSummary, string>()

function haystack(flag: FlagSummary): string {
  let text = haystacks.get(flag)
  if (text === undefined) {
    text = `${flag.key}\n${flag.name}\n${flag.owner}`.toLowerCase()
    haystacks.set(flag, text)
  }
  return text
}

/** Days since a fully ramped release flag last changed; null while it is not stale. */
export function staleDays(flag: FlagSummary, environment: string, now: number): number | null {
  const here = flag.environments[environment]
  if (flag.kind !== 'release' || here?.state !== 'on') return null
  const days = Math.floor((now - Date.parse(here.updatedAt)) / DAY_MS)
  return days >= STALE_AFTER_DAYS ? days : null
}

/** True when the flag is in this state, "stale" included. */
export function hasState(flag: FlagSummary, environment: string, state: StateFilter, now: number): boolean {
  return state === 'stale'
    ? staleDays(flag, environment, now) !== null
    : flag.environments[environment]?.state === state
}

/**
 * Flags that match every word of the query, in their order. A word is part of key, name or owner, or one of
 * `tag:checkout`, `owner:ada`, `state:ramping`.
 */
export function searchFlags(flags: FlagSummary[], query: string, environment: string, now: number): FlagSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return flags
  return flags.filter((flag) => words.every((word) => matches(flag, word, environment, now)))
}

function matches(flag: FlagSummary, word: string, environment: string, now: number): boolean {
  const [, field, wanted] = /^(tag|owner|state):(.*)$/.exec(word) ?? []
  if (field === undefined || wanted === undefined) return haystack(flag).includes(word)
  if (field === 'tag') return flag.tags.some((tag) => tag.toLowerCase().startsWith(wanted))
  if (field === 'owner') return flag.owner.toLowerCase().includes(wanted)
  return wanted === 'stale'
    ? hasState(flag, environment, 'stale', now)
    : (flag.environments[environment]?.state.startsWith(wanted) ?? false)
}
