// Sentences about what a flag does, in the words of the people it happens to. They are lists of parts, so that a
// screen can set the weight of a word and a screen reader still hears one sentence.
import type { Condition, JsonValue, Prerequisite, Rule, Serve } from '@rampart/evaluation'
import type { Configuration } from '../contract.ts'
import { formatShare } from './shares.ts'
import { shortTime } from './times.ts'

/** Flags and segments are parts of their own: where they have a page, their name leads to it. */
export type Part = string | { strong: string } | { code: string } | { flag: string } | { segment: string }

export function plainText(parts: Part[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : Object.values(part)[0])).join('')
}

const strong = (text: string): Part => ({ strong: text })
const code = (text: string): Part => ({ code: text })

/** "In production 25 % of users get on; 14 ids always get on; everyone else gets off." */
export function stateSentence(configuration: Configuration, environment: string, now: number): Part[] {
  const { kill, on, offVariant } = configuration
  const start: Part[] = ['In ', strong(environment), ', ']
  if (kill.killed) {
    const by = kill.by ? [' by ', strong(kill.by)] : []
    const when = kill.at ? ` at ${shortTime(kill.at, now)}` : ''
    const why = kill.reason ? `, “${kill.reason}”` : ''
    return [...start, 'everyone gets ', code(offVariant), ': killed', ...by, `${when}${why}.`]
  }
  if (!on) return [...start, 'everyone gets ', code(offVariant), ': it is switched off.']
  return [
    ...start,
    ...prerequisitesClause(configuration),
    ...targetsClause(configuration),
    ...rulesClause(configuration),
    ...restClause(configuration),
  ]
}

/** "checkout-v2 gives on or blue" */
function demandParts({ flag, variants }: Prerequisite): Part[] {
  return [{ flag }, ' gives ', ...variants.flatMap((name, index) => [index === 0 ? '' : ' or ', code(name)])]
}

/** "only when checkout-v2 gives on" */
export function prerequisiteParts(prerequisite: Prerequisite): Part[] {
  return ['only when ', ...demandParts(prerequisite)]
}

function prerequisitesClause({ prerequisites }: Configuration): Part[] {
  if (prerequisites.length === 0) return []
  const all = prerequisites.flatMap((one, index) => [index === 0 ? 'only when ' : ' and ', ...demandParts(one)])
  return [...all, ': ']
}

function targetsClause({ targets }: Configuration): Part[] {
  return targets.flatMap(({ variant, keys }) =>
    keys.length === 0
      ? []
      : [
          `${keys.length} named ${keys.length === 1 ? 'id' : 'ids'} always get${keys.length === 1 ? 's' : ''} `,
          code(variant),
          '; ',
        ],
  )
}

function rulesClause({ rules }: Configuration): Part[] {
  if (rules.length === 0) return []
  return [rules.length === 1 ? 'one rule is tried first; ' : `${rules.length} rules are tried first; `]
}

function restClause(configuration: Configuration): Part[] {
  const { defaultServe, targets, rules, offVariant } = configuration
  const first = targets.every((target) => target.keys.length === 0) && rules.length === 0
  const rollout = defaultServe.rollout
  if (!rollout) return [first ? 'everyone gets ' : 'everyone else gets ', code(defaultServe.variant ?? offVariant), '.']
  const control = rollout.control ?? offVariant
  const who = rollout.bucketBy ? `of ${rollout.bucketBy} values` : first ? 'of users' : 'of all other users'
  if (rollout.weight === 0)
    return ['nobody ', ...(first ? [] : ['else ']), 'is in the rollout yet: everyone gets ', code(control), '.']
  const served = servedParts(rollout.split.map((part) => part.variant))
  if (rollout.weight >= 100_000) return [first ? 'everyone gets ' : 'everyone else gets ', ...served, '.']
  return [strong(formatShare(rollout.weight)), ` ${who} get `, ...served, '; everyone else gets ', code(control), '.']
}

function servedParts(variants: string[]): Part[] {
  return variants.flatMap((variant, index) => {
    const joint = index === 0 ? [] : [index === variants.length - 1 ? ' or ' : ', ']
    return [...joint, code(variant)]
  })
}

/** What a rule or the default gives: "on" or "25 % on, by user". */
export function serveParts(serve: Serve): Part[] {
  const rollout = serve.rollout
  if (!rollout) return [code(serve.variant ?? '')]
  const split =
    rollout.split.length === 1
      ? [code(rollout.split[0]?.variant ?? '')]
      : rollout.split.flatMap((part, index) => [
          index === 0 ? '' : ' · ',
          code(part.variant),
          ` ${formatShare(part.weight)}`,
        ])
  const rest: Part[] =
    rollout.otherwise === 'next'
      ? ['; the rest try the next rule']
      : rollout.control
        ? ['; the rest get ', code(rollout.control)]
        : []
  const of = rollout.split.length === 1 ? ' ' : ' in the split '
  return [strong(formatShare(rollout.weight)), of, ...split, ', by ', strong(rollout.bucketBy ?? 'user'), ...rest]
}

/** "when country is one of DE, AT and plan is not free" */
export function conditionsParts(conditions: Condition[]): Part[] {
  if (conditions.length === 0) return ['for everyone']
  return conditions.flatMap((condition, index) => [index === 0 ? 'when ' : ' and ', ...conditionParts(condition)])
}

export function ruleParts(rule: Rule): Part[] {
  return [...conditionsParts(rule.conditions), ' → ', ...serveParts(rule.serve)]
}

type Operator = Condition['op']

/** Each operator in words, and what its negation sounds like. */
export const OPERATOR_WORDS: Record<Operator, [is: string, isNot: string]> = {
  in: ['is', 'is not'],
  contains: ['contains', 'does not contain'],
  startsWith: ['starts with', 'does not start with'],
  endsWith: ['ends with', 'does not end with'],
  matches: ['matches', 'does not match'],
  lessThan: ['is less than', 'is not less than'],
  lessOrEqual: ['is at most', 'is not at most'],
  greaterThan: ['is more than', 'is not more than'],
  greaterOrEqual: ['is at least', 'is not at least'],
  before: ['is before', 'is not before'],
  after: ['is after', 'is not after'],
  semverEqual: ['is version', 'is not version'],
  semverLessThan: ['is a version below', 'is not a version below'],
  semverLessOrEqual: ['is a version up to', 'is not a version up to'],
  semverGreaterThan: ['is a version above', 'is not a version above'],
  semverGreaterOrEqual: ['is a version from', 'is not a version from'],
  inNetwork: ['is in network', 'is not in network'],
  exists: ['is known', 'is not known'],
  segment: ['is in segment', 'is not in segment'],
}

/** "country is one of DE, AT" */
export function conditionParts(condition: Condition): Part[] {
  const [is, isNot] = OPERATOR_WORDS[condition.op] ?? [condition.op, `not ${condition.op}`]
  const words = condition.negate ? isNot : is
  const several = condition.op !== 'exists' && condition.values.length > 1
  if (condition.op === 'segment') {
    const named = condition.values.flatMap((segment, index) => [index === 0 ? '' : ', ', { segment }])
    return [strong('user'), ` ${words}${several ? ' one of' : ''} `, ...named]
  }
  const subject = strong(condition.attribute)
  if (condition.op === 'exists') return [subject, ` ${words}`]
  const anyOf = several ? (condition.op === 'in' ? ' one of' : ' any of') : ''
  return [subject, ` ${words}${anyOf} `, strong(condition.values.map(valueText).join(', '))]
}

/** A value as a person writes it: text bare, everything else as JSON. */
export function valueText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
