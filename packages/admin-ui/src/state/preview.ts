// What a save would change, told before it is saved. The law behind every sentence: raising a weight only adds people,
// lowering it removes the newest first, and neither moves anybody between variants.
import { type Condition, evaluate, exposedShare, type FlagDocument, WEIGHT_SCALE } from '@rampart/evaluation'
import type { ConfigurationEdit } from '../contract.ts'
import { snapshotOf, type Surroundings } from './surroundings.ts'

export interface ShareChange {
  /** Share before and after, out of 100 000; a killed or switched-off flag has 0. */
  before: number
  after: number
  /** Evaluations a day that will newly get it, or no longer; null when the last day saw none. */
  gainADay: number | null
  loseADay: number | null
}

/** What the whole configuration exposes of people about whom nothing is known, out of 100 000. */
export function shareOf(configuration: ConfigurationEdit, killed: boolean): number {
  return exposedShare({ ...configuration, killed })
}

/** Compares two shares over a day's evaluations. */
export function shareChange(before: number, after: number, evaluationsADay: number): ShareChange {
  const moved = Math.round((evaluationsADay * Math.abs(after - before)) / WEIGHT_SCALE)
  if (evaluationsADay === 0) return { before, after, gainADay: null, loseADay: null }
  return { before, after, gainADay: after > before ? moved : 0, loseADay: after < before ? moved : 0 }
}

export interface Fate {
  id: string
  before: string
  after: string
}

/**
 * Exactly what each of these ids gets now and would get with `next` in place of the flag, by the same code that
 * applications run. A kill stays above every edit: `next` carries it too.
 */
export function fates(around: Surroundings, next: FlagDocument, ids: string[]): Fate[] {
  const now = snapshotOf(around)
  const then = snapshotOf({ ...around, flag: next })
  const variantIn = (snapshot: typeof now, id: string) => evaluate(snapshot, next.key, id, null).variant ?? 'an error'
  return ids.map((id) => ({ id, before: variantIn(now, id), after: variantIn(then, id) }))
}

/** The flag as it is and as it would be in one: whatever either of them depends on, this does. */
export function bothOf(now: FlagDocument, next: FlagDocument): FlagDocument {
  return {
    ...now,
    prerequisites: [...(now.prerequisites ?? []), ...(next.prerequisites ?? [])],
    rules: [...now.rules, ...next.rules],
  }
}

/** Attributes that decide and that a bare id does not have: of whoever has them the answer may be another. */
export function attributesAsked({ flag, others, segments }: Surroundings, next: FlagDocument): string[] {
  const documents = [flag, next, ...others]
  const conditions: Condition[] = [
    ...documents.flatMap(({ rules }) => rules.flatMap((rule) => rule.conditions)),
    ...segments.flatMap(({ rules }) => rules.flat()),
  ]
  const named = conditions.flatMap((condition) => (condition.op === 'segment' ? [] : [condition.attribute]))
  const hashed = documents.flatMap(({ rules, defaultServe }) =>
    [...rules.map(({ serve }) => serve), defaultServe].flatMap(({ rollout }) => rollout?.bucketBy ?? []),
  )
  const ofTheId = new Set(['key', 'targetingKey', ''])
  return [...new Set([...named, ...hashed])].filter((name) => !ofTheId.has(name)).sort()
}
