import type { Publisher } from '../delivery/publisher.ts'
import { DomainError } from '../http/errors.ts'
import { type EnvironmentEvaluator, evaluatorOf } from './environment-evaluator.ts'

/** Throws UNAVAILABLE while this replica has not loaded the environment. */
export function evaluatorFor(publisher: Publisher, environmentId: string): EnvironmentEvaluator {
  const feed = publisher.feed(environmentId)
  if (!feed) throw new DomainError('UNAVAILABLE', 'This environment is not loaded yet. Try again in a moment.')
  return evaluatorOf(feed.state)
}
