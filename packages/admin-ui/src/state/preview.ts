// What a save would change, told before it is saved. The law behind every sentence: raising a weight only adds people,
// lowering it removes the newest first, and neither moves anybody between variants.
import { compileFlag, decide, exposedShare, WEIGHT_SCALE } from '@rampart/evaluation'
import type { Configuration, ConfigurationEdit, Flag } from '../contract.ts'
import { flagDocument } from './flag-document.ts'

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

/** Exactly what each of these ids gets now and would get, by the same code that applications run. */
export function fates(flag: Flag, now: Configuration, next: Partial<ConfigurationEdit>, ids: string[]): Fate[] {
  const before = compile(flag, now, now.kill.killed)
  // A kill stays above every edit: saving does not take it back.
  const after = compile(flag, { ...now, ...next }, now.kill.killed)
  return ids.map((id) => ({ id, before: variantOf(before, id), after: variantOf(after, id) }))
}

function compile(flag: Flag, configuration: ConfigurationEdit, killed: boolean) {
  // Told as if prerequisites were met: what they serve is no part of this edit.
  const document = { ...flagDocument(flag, configuration, killed), prerequisites: [] }
  return compileFlag(document, { flag: () => undefined, segment: () => undefined })
}

function variantOf(flag: ReturnType<typeof compile>, id: string): string {
  return decide(flag, id).variant ?? 'an error'
}
