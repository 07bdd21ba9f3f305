import type { Evaluation } from '@rampart/evaluation'
import type { OfrepFailure, OfrepSuccess } from './ofrep.schemas.ts'

/**
 * An evaluation in OFREP's words. An error code makes it a failure even where the evaluation has a value: their contract
 * has no place for both, and the caller's default is what OpenFeature promises then. DEFAULT, which they lack, is STATIC.
 */
export function answerFlag(key: string, evaluation: Evaluation, isClient: boolean): OfrepSuccess | OfrepFailure {
  const { value, variant, errorCode, errorMessage, reason } = evaluation
  if (errorCode !== undefined || variant === undefined || reason === 'ERROR') {
    return { key, errorCode: errorCode ?? 'GENERAL', errorDetails: errorMessage ?? 'the flag has no answer' }
  }
  return {
    key,
    value,
    variant,
    reason: reason === 'DEFAULT' ? 'STATIC' : reason,
    metadata: metadataOf(evaluation, isClient),
  }
}

/** Scalars only. Rules and other flags have names that are not for browsers. */
function metadataOf({ metadata, revision, allocation, ruleId, weight }: Evaluation, isClient: boolean) {
  return {
    revision,
    ...(metadata?.killed ? { killed: true } : {}),
    ...(metadata?.off ? { off: true } : {}),
    ...(isClient
      ? {}
      : {
          ...(metadata?.prerequisite === undefined ? {} : { prerequisite: metadata.prerequisite }),
          ...(allocation === undefined ? {} : { allocation }),
          ...(ruleId === undefined ? {} : { rule: ruleId }),
          ...(weight === undefined ? {} : { weight }),
        }),
  }
}

/** What is not there for everybody, and what is not there for browsers, look the same from outside. */
export function flagNotFound(key: string): OfrepFailure {
  return { key, errorCode: 'FLAG_NOT_FOUND', errorDetails: `There is no flag "${key}" for this key.` }
}
