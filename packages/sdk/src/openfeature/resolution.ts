// Types alone: an application brings the SDK that goes with its provider, and nothing of it is bundled here.
import type { ErrorCode, FlagMetadata, JsonValue, ResolutionDetails } from '@openfeature/core'
import type { Evaluation } from '@rampart/evaluation'
import { isAlike } from '../alike.ts'

/** What both providers know of a flag before they answer. */
export interface Answer extends Partial<Pick<Evaluation, 'variant' | 'errorMessage'>> {
  value?: JsonValue | undefined
  reason: string
  errorCode?: string | undefined
}

/**
 * An answer in OpenFeature's words. Where there is an error the caller's default holds, as its specification promises,
 * even where the flag has a value for that case.
 */
export function resolve<T extends JsonValue>(
  answer: Answer,
  fallback: T,
  flagMetadata: FlagMetadata,
): ResolutionDetails<T> {
  const { value, variant, reason, errorCode, errorMessage } = answer
  if (errorCode !== undefined || variant === undefined || value === undefined) {
    return failure(fallback, (errorCode ?? 'GENERAL') as ErrorCode, errorMessage, flagMetadata)
  }
  if (!isAlike(value, fallback)) {
    const message = `the values of this flag are of type ${nameOfType(value)}, asked for was ${nameOfType(fallback)}`
    return failure(fallback, 'TYPE_MISMATCH' as ErrorCode, message, flagMetadata)
  }
  return { value: value as T, variant, reason, flagMetadata }
}

function failure<T>(
  value: T,
  errorCode: ErrorCode,
  errorMessage: string | undefined,
  flagMetadata: FlagMetadata,
): ResolutionDetails<T> {
  return { value, reason: 'ERROR', errorCode, flagMetadata, ...(errorMessage === undefined ? {} : { errorMessage }) }
}

function nameOfType(value: JsonValue): string {
  return Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value
}
