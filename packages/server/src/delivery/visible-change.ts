import type { FlagDocument } from '@rampart/evaluation'
import type { EnvironmentChange, EnvironmentState } from './environment-state.ts'

/**
 * What a change means to browsers: nothing, kills whose values went out with the kills themselves, so that thousands of
 * pages need not come back for them, or values that have to be asked for.
 */
export type VisibleChange = 'none' | 'kills' | 'values'

export function visibleChange(
  before: EnvironmentState,
  after: EnvironmentState,
  change: EnvironmentChange,
): VisibleChange {
  const reached = reachedByBrowsers(before, after)
  const segments = [...change.segments, ...change.removedSegments]
  if (segments.length > 0 && [...reached.keys()].some((key) => namesSegments(after.flags.get(key)))) return 'values'
  const changed = [...change.flags, ...change.removedFlags].map(({ key }) => key).filter((key) => reached.has(key))
  if (changed.length === 0) return 'none'
  return changed.every((key) => isKillOfVisible(key, before, after, reached)) ? 'kills' : 'values'
}

/** Keys of visible flags and, through prerequisites, of all that decide about them; with how many depend on each. */
function reachedByBrowsers(...states: EnvironmentState[]): Map<string, number> {
  const reached = new Map<string, number>()
  for (const { flags } of states) {
    for (const flag of flags.values()) if (flag.clientVisible) reached.set(flag.key, reached.get(flag.key) ?? 0)
    // Grows while it is walked.
    for (const key of reached.keys()) {
      for (const { flag } of flags.get(key)?.prerequisites ?? []) reached.set(flag, (reached.get(flag) ?? 0) + 1)
    }
  }
  return reached
}

function isKillOfVisible(
  key: string,
  before: EnvironmentState,
  after: EnvironmentState,
  reached: ReadonlyMap<string, number>,
): boolean {
  const [old, now] = [before.flags.get(key), after.flags.get(key)]
  if (!old || !now?.killed || !now.clientVisible || reached.get(key) !== 0) return false
  return withoutKill(old) === withoutKill(now)
}

function withoutKill(flag: FlagDocument): string {
  return JSON.stringify({ ...flag, killed: false, killRevision: 0, revision: 0 })
}

function namesSegments(flag: FlagDocument | undefined): boolean {
  return flag?.rules.some((rule) => rule.conditions.some(({ op }) => op === 'segment')) ?? false
}
