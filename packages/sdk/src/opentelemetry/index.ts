// Flags on the spans of a request, in the words of OpenTelemetry's semantic conventions for feature flags.
import { type AttributeValue, trace } from '@opentelemetry/api'
import type { JsonValue, User } from '@rampart/evaluation'
import type { Client, TypedClient } from '../client.ts'
import type { KnownFlags } from '../typed-flags.ts'
import type { Explanation } from '../explanation.ts'

export interface SpanOptions {
  /** Put the user's targeting key on the span as `feature_flag.context.id`. Off: keys name people, and spans travel. */
  withUser?: boolean
}

/**
 * The same client, whose `isEnabled`, `variant` and `value` leave an event `feature_flag.evaluation` on the active span.
 * Costs an explanation for each call inside of a recorded span, and nothing outside. For OpenFeature use the hooks of
 * `@openfeature/open-telemetry-hooks` instead: our providers tell them all that they need.
 */
export function withSpans(client: Client, options?: SpanOptions): Client
export function withSpans<Flags extends KnownFlags>(
  client: TypedClient<Flags>,
  options?: SpanOptions,
): TypedClient<Flags>
export function withSpans(client: Client, { withUser = false }: SpanOptions = {}): Client {
  function record(flag: string, user: User): void {
    const span = trace.getActiveSpan()
    if (!span?.isRecording()) return
    const { project, environment } = client.status()
    const attributes = attributesOf(client.explain(flag, user))
    attributes['feature_flag.set.id'] = `${project}/${environment}`
    if (withUser) attributes['feature_flag.context.id'] = keyIn(user)
    span.addEvent('feature_flag.evaluation', attributes)
  }

  return {
    ...client,
    isEnabled(flag, user, fallback) {
      record(flag, user)
      return client.isEnabled(flag, user, fallback)
    },
    variant(flag: string, user: User, fallback?: string): string {
      record(flag, user)
      // The overload with a fallback covers both.
      return client.variant(flag, user, fallback as string)
    },
    value(flag, user, fallback) {
      record(flag, user)
      return client.value(flag, user, fallback)
    },
  }
}

function attributesOf(explanation: Explanation): Record<string, AttributeValue | undefined> {
  const { flag, value, variant, reason, errorCode, errorMessage, revision } = explanation
  return {
    'feature_flag.key': flag,
    'feature_flag.provider.name': 'rampart',
    'feature_flag.result.reason': reason.toLowerCase(),
    'feature_flag.version': String(revision),
    // A variant's name is short and tells no secrets; values may be long and do.
    ...(variant === undefined
      ? { 'feature_flag.result.value': textOf(value) }
      : { 'feature_flag.result.variant': variant }),
    ...(errorCode === undefined
      ? {}
      : { 'error.type': errorCode.toLowerCase(), 'feature_flag.error.message': errorMessage ?? '' }),
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

function keyIn(user: User): string | undefined {
  const key = typeof user === 'object' ? (user?.['key'] ?? user?.['targetingKey']) : user
  return key === undefined || key === null ? undefined : String(key)
}
