// The answers a flag can give. There are few of them, so each is made once, when the flag is compiled; an evaluation
// only picks one, and therefore allocates nothing. Which rule gave it is not in it: flags alike share their answers.
import type { JsonValue } from './snapshot.ts'

/** OpenFeature's words. */
export type Reason = 'STATIC' | 'DEFAULT' | 'TARGETING_MATCH' | 'SPLIT' | 'DISABLED' | 'ERROR'

/** OpenFeature's words. */
export type ErrorCode = 'FLAG_NOT_FOUND' | 'PARSE_ERROR' | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT'

/** Why a flag answers with its off variant: exactly one of the three is given. */
export interface DisabledMetadata {
  readonly killed?: true
  readonly off?: true
  /** Key of the prerequisite that is not met. */
  readonly prerequisite?: string
}

export interface Outcome {
  /** Index into the flag's variants; their number stands for "the caller's default". Use it to count exposures. */
  readonly slot: number
  /** Undefined when the caller's default is the answer. */
  readonly variant: string | undefined
  readonly value: JsonValue | undefined
  /**
   * What `isEnabled` answers: a boolean flag's value; for others whether the variant is neither the off variant nor
   * the control of the rollout that served it. Undefined when the caller's default is the answer.
   */
  readonly enabled: boolean | undefined
  readonly reason: Reason
  readonly errorCode: ErrorCode | undefined
  readonly errorMessage: string | undefined
  readonly metadata: DisabledMetadata | undefined
}
