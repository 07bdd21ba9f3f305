import type { EvaluationContext } from '@openfeature/core'
import type { User } from '@rampart/evaluation'

/** OpenFeature knows one name for the targeting key; an attribute that is called `key` there is no other one. */
export function userOf(context: EvaluationContext): User {
  return 'key' in context ? { ...context, key: context.targetingKey ?? null } : context
}
