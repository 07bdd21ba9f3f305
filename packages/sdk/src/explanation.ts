import { type ErrorCode, evaluate, type Evaluation, type JsonValue, type User } from '@rampart/evaluation'
import type { EnvironmentLink, Source } from './environment-link.ts'

/** Where an answer came from: where its flag did, or what was set for this process or this request alone. */
export type AnswerSource = Source | 'override' | 'link'

/** Everything that led to an answer. Printed as text it is one line for people. */
export interface Explanation extends Omit<Evaluation, 'value' | 'enabled' | 'errorCode'> {
  flag: string
  /** Undefined when the caller's default would be the answer. */
  value: JsonValue | undefined
  /** What `isEnabled` answers; undefined when the caller's default would be the answer. */
  enabled: boolean | undefined
  errorCode?: ErrorCode | 'PROVIDER_NOT_READY'
  source: AnswerSource
  toString(): string
}

/** What can be asked for an explanation. */
export interface Explainable {
  flags: Pick<EnvironmentLink['flags'], 'compiled'>
  sourceOf(flag: string): AnswerSource
}

/** Explains without counting an exposure. Never throws. */
export function explainFlag(link: Explainable, flag: string, user: User): Explanation {
  const source = link.sourceOf(flag)
  const { value, ...evaluation } = evaluate(link.flags.compiled, flag, user, null)
  const explanation: Explanation = {
    ...evaluation,
    flag,
    value: evaluation.variant === undefined ? undefined : value,
    enabled: evaluation.enabled,
    source,
    toString: () => sentence(explanation),
  }
  if (source === 'default') {
    explanation.errorCode = 'PROVIDER_NOT_READY'
    explanation.errorMessage = 'nothing has arrived from the service yet'
  }
  // Out of the way of JSON and of loggers that list properties.
  Object.defineProperty(explanation, 'toString', { enumerable: false })
  return explanation
}

function sentence(explanation: Explanation): string {
  const { flag, variant, reason, errorCode, errorMessage, ruleId, bucket, weight, metadata, revision, source } =
    explanation
  const because: string[] = [reason]
  if (metadata?.killed) because.push('killed')
  if (metadata?.off) because.push('switched off')
  if (metadata?.prerequisite !== undefined) because.push(`needs ${metadata.prerequisite}`)
  if (ruleId !== undefined) because.push(`rule ${ruleId}`)
  if (weight !== undefined) because.push(bucket === undefined ? `weight ${weight}` : inOrOut(bucket, weight))
  if (errorCode !== undefined) because.push(`${errorCode}: ${errorMessage ?? ''}`)
  const answer = variant === undefined ? "the caller's default" : variant
  return `${flag} = ${answer} (${because.join(', ')}; revision ${revision} from ${source})`
}

function inOrOut(bucket: number, weight: number): string {
  return bucket < weight
    ? `bucket ${bucket} is below weight ${weight}`
    : `bucket ${bucket} is not below weight ${weight}`
}
