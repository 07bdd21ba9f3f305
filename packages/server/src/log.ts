import { pino } from 'pino'

/** The log of a server process: JSON, one line for each event, on stderr. Nothing in it opens anything. */
export function createLog(): pino.Logger {
  const serializers = { err: describeError }
  return pino({ level: 'info', serializers }, pino.destination({ dest: 2, sync: false }))
}

/**
 * An error as the log shows it. Written by hand, because the ordinary way copies every property: a failed query carries its
 * parameters there and in its message, and those are hashes of keys, names and ids of people.
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code, constraint_name: constraint } = error as { code?: unknown; constraint_name?: unknown }
  return {
    type: error.constructor.name,
    message: withoutParameters(error),
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    stack: framesOf(error),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
    ...(error instanceof AggregateError ? { errors: error.errors.map(describeError) } : {}),
  }
}

/** Drizzle puts the parameters behind the statement. */
function withoutParameters(error: Error): string {
  const { query } = error as { query?: unknown }
  if ('params' in error && typeof query === 'string') return `Failed query: ${query}`
  return error.message
}

/** The stack without its first lines, which repeat the message. */
function framesOf({ stack = '' }: Error): string {
  const first = stack.search(/^\s+at /m)
  return first < 0 ? '' : stack.slice(first).trim()
}
