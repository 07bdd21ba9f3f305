// The path somebody takes through a flag, in sentences.
import { compilePath, type Evaluation, keyOf, NO_KEY, readAttribute, type User } from '@rampart/evaluation'
import type { Share, Step } from '../state/path-taken.ts'
import { type Part, valueText } from './sentences.ts'
import { formatCount, formatShare } from './shares.ts'

const code = (text: string): Part => ({ code: text })

/** Reads what was pasted: an id, or a JSON object of attributes. */
export function readUser(text: string): { user: User } | { complaint: string } {
  const trimmed = text.trim()
  if (!trimmed) return { complaint: 'Paste a user id, or a JSON object like {"key": "ada", "country": "DE"}.' }
  if (!trimmed.startsWith('{')) return { user: trimmed }
  try {
    return { user: JSON.parse(trimmed) as { [attribute: string]: unknown } }
  } catch (error) {
    return { complaint: `This is no JSON yet: ${error instanceof Error ? error.message : ''}` }
  }
}

/** "ada", or what stands for somebody without an id. */
export function nameOfUser(user: User): string {
  const key = keyOf(user)
  return key === NO_KEY ? 'somebody without an id' : key
}

/** What happened at one step; `place` is the number of a rule, from 1. */
export function stepParts(step: Step, place: number, offVariant: string): Part[] {
  const ended = step.outcome === 'decided'
  switch (step.kind) {
    case 'kill':
      return ended ? ['It is killed: everyone gets ', code(offVariant), '.'] : ['It is not killed.']
    case 'switch':
      return ended ? ['It is switched off: everyone gets ', code(offVariant), '.'] : ['It is switched on.']
    case 'prerequisite': {
      const has: Part[] = [code(step.subject), ' serves ', code(step.variant ?? 'nothing')]
      if (!ended) return [...has, ', as it must.']
      return [...has, `, and it would have to be ${(step.needed ?? []).join(' or ')}: `, code(offVariant), '.']
    }
    case 'target':
      return ended ? ['Named: always gets ', code(step.subject), '.'] : ['Not among the named ids.']
    case 'rule': {
      const start = `Rule ${place} `
      if (step.conditions?.some(({ holds }) => !holds)) return [`${start}does not match.`]
      const share = step.share ? ` ${shareSentence(step.share)}` : ''
      return [`${start}matches.${share}${ended ? '' : ' The rest try the next rule.'}`]
    }
    case 'default':
      return [`No rule decided: the default does.${step.share ? ` ${shareSentence(step.share)}` : ''}`]
  }
}

function shareSentence({ bucket, weight, by }: Share): string {
  if (bucket === null) return `There is no ${by ?? 'id'} to hash.`
  const reach = `${formatCount(weight)} (${formatShare(weight)})`
  const of = by === null ? '' : ` of ${by}`
  return bucket < weight
    ? `Bucket ${formatCount(bucket)}${of} is below ${reach}: in.`
    : `Bucket ${formatCount(bucket)}${of} is not below ${reach}: out.`
}

/** "here: FR", for the condition that asked. */
export function attributeText(attribute: string, user: User): string {
  const value = readAttribute(compilePath(attribute), user, keyOf(user))
  return value === undefined ? 'not known here' : `here: ${valueText(value as never)}`
}

const REASONS: Record<Evaluation['reason'], string> = {
  STATIC: 'the same for everyone',
  DEFAULT: 'by the default',
  TARGETING_MATCH: 'by name or by a rule',
  SPLIT: 'by a share of users',
  DISABLED: 'it is off here',
  ERROR: 'it could not be told',
}

/** Why, in words and in the word that SDKs give. */
export function reasonText({ reason, errorCode, errorMessage }: Evaluation): string {
  const error = errorCode ? `: ${errorCode}${errorMessage ? `, ${errorMessage}` : ''}` : ''
  return `${REASONS[reason]} (${reason}${error})`
}
