// "Who gets it" as a numbered list of sentences, in the order in which the evaluation asks.
import type { IndividualTarget } from '@rampart/evaluation'
import type { Configuration } from '../contract.ts'
import { type Part, plainText, prerequisiteParts, ruleParts, serveParts } from './sentences.ts'

const NAMED = 5

/** "ada, grace and 12 more → on" */
export function targetParts({ variant, keys }: IndividualTarget): Part[] {
  const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : ''
  return [{ strong: keys.slice(0, NAMED).join(', ') || 'nobody' }, `${more} → `, { code: variant }]
}

export function defaultParts({
  targets,
  rules,
  defaultServe,
}: Pick<Configuration, 'targets' | 'rules' | 'defaultServe'>): Part[] {
  return [targets.length + rules.length === 0 ? 'everyone → ' : 'everyone else → ', ...serveParts(defaultServe)]
}

/** The same as plain lines, for comparing before and after. Targets are written out whole. */
export function audienceLines({
  prerequisites,
  targets,
  rules,
}: Pick<Configuration, 'prerequisites' | 'targets' | 'rules'>): string[] {
  return [
    ...prerequisites.map((prerequisite) => plainText(prerequisiteParts(prerequisite))),
    ...targets.map(({ variant, keys }) => `${keys.join(', ')} → ${variant}`),
    ...rules.map((rule) => `${plainText(ruleParts(rule))}${rule.description ? ` (${rule.description})` : ''}`),
  ]
}
