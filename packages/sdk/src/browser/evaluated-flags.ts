import type { JsonValue } from '@rampart/evaluation'

/** What a page may know of a flag: the answer for its own visitor. */
export interface EvaluatedFlag {
  value: JsonValue
  variant: string
  /** OpenFeature's word for why. */
  reason: string
  /** OpenFeature's word for what was wrong. The value holds all the same. */
  errorCode?: string
  /** What `isEnabled` answers where the value is no boolean. */
  enabled?: boolean
  allocation: number
}

/** Answers by flag key. */
export type EvaluatedFlags = { [flag: string]: EvaluatedFlag }

/** A point in the history of an environment. */
export interface Position {
  epoch: string
  revision: number
}

/** Epochs sort as text; revisions count within one. */
export function isBefore(a: Position, b: Position): boolean {
  return a.epoch === b.epoch ? a.revision < b.revision : a.epoch < b.epoch
}

/** An answer of `POST /sdk/v1/evaluate`. */
export interface Answer extends Position {
  flags: EvaluatedFlags
}

export function isAnswer(thing: unknown): thing is Answer {
  const { epoch, revision, flags } = (thing ?? {}) as Partial<Answer>
  return typeof epoch === 'string' && typeof revision === 'number' && isFlags(flags)
}

/** Whether this can be served. What stands in a page or in its storage may have been written by anybody. */
export function isFlags(flags: unknown): flags is EvaluatedFlags {
  return Object.values(flags ?? [flags]).every((flag) => flag?.value !== undefined && flag.variant)
}
