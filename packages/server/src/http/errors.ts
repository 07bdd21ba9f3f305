import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppEnv } from './app-env.ts'
import { pathForLog } from './log-changes.ts'

/** The closed list of error codes; docs/http-api.md explains them. */
export const ERROR_CODES = [
  'INVALID_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'KEY_TAKEN',
  'KEY_ARCHIVED',
  'STALE_VERSION',
  'ARCHIVED',
  'IN_USE',
  'LAST_ADMIN',
  'REASON_REQUIRED',
  'APPROVAL_REQUIRED',
  'TOO_LATE',
  'RAMP_ACTIVE',
  'RAMP_STATE',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'LIMIT_EXCEEDED',
  'PRECONDITION_REQUIRED',
  'RATE_LIMITED',
  'INTERNAL',
  'UNAVAILABLE',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

/** One mistake in the input, at a path such as `rules[0].serve.rollout.weight`. */
export interface InputProblem {
  path: string
  message: string
}

/** A refusal that people can act on: the message says what to do. Anything else that is thrown is INTERNAL. */
export class DomainError extends Error {
  readonly code: ErrorCode
  readonly details: unknown

  constructor(code: ErrorCode, message: string, options: { details?: unknown; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.code = code
    this.details = options.details
  }
}

/** INVALID_INPUT with its list of problems; the message is the first of them, for those who read no further. */
export function invalidInput(problems: InputProblem[]): DomainError {
  const [first] = problems
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more, see details)` : ''
  const message = first ? `${first.path ? `${first.path}: ` : ''}${first.message}${more}` : 'The input is not valid.'
  return new DomainError('INVALID_INPUT', message, { details: problems })
}

function statusOf(code: ErrorCode): ContentfulStatusCode {
  switch (code) {
    case 'INVALID_INPUT':
      return 400
    case 'UNAUTHENTICATED':
      return 401
    case 'FORBIDDEN':
      return 403
    case 'NOT_FOUND':
      return 404
    case 'KEY_TAKEN':
    case 'KEY_ARCHIVED':
    case 'STALE_VERSION':
    case 'ARCHIVED':
    case 'IN_USE':
    case 'LAST_ADMIN':
    case 'APPROVAL_REQUIRED':
    case 'TOO_LATE':
    case 'RAMP_ACTIVE':
    case 'RAMP_STATE':
      return 409
    case 'BODY_TOO_LARGE':
      return 413
    case 'UNSUPPORTED_MEDIA_TYPE':
      return 415
    case 'LIMIT_EXCEEDED':
    case 'REASON_REQUIRED':
      return 422
    case 'PRECONDITION_REQUIRED':
      return 428
    case 'RATE_LIMITED':
      return 429
    case 'INTERNAL':
      return 500
    case 'UNAVAILABLE':
      return 503
  }
}

/** Retry-After of UNAVAILABLE, in seconds. */
const RETRY_AFTER_S = '5'

/** Turns whatever was thrown into the one error shape. Causes go to the log, never to the client. */
export function answerError(thrown: unknown, c: Context<AppEnv>): Response {
  const error = toDomainError(thrown, c.req.method)
  if (error.code === 'INTERNAL' || error.code === 'UNAVAILABLE') {
    c.var.log?.error(
      { err: error.cause ?? error, requestId: c.var.requestId, path: pathForLog(c.req.path), method: c.req.method },
      error.message,
    )
  }
  if (error.code === 'UNAVAILABLE') c.header('Retry-After', RETRY_AFTER_S)
  if (error.code === 'UNAUTHENTICATED') c.header('WWW-Authenticate', 'Bearer')
  const { code, message, details } = error
  const body = { code, message, ...(details === undefined ? {} : { details }), requestId: c.var.requestId }
  return c.json({ error: body }, statusOf(code))
}

function toDomainError(thrown: unknown, method: string): DomainError {
  if (thrown instanceof DomainError) return thrown
  if (thrown instanceof HTTPException && thrown.status < 500) {
    return new DomainError(thrown.status === 413 ? 'BODY_TOO_LARGE' : 'INVALID_INPUT', thrown.message, {
      cause: thrown,
    })
  }
  if (isDatabaseAway(thrown)) {
    // Commands say so themselves when a commit was under way, so here nothing can have been written.
    const consequence = method === 'GET' ? '' : 'NOT applied: '
    return new DomainError('UNAVAILABLE', `${consequence}the database does not answer. Try again.`, { cause: thrown })
  }
  return new DomainError('INTERNAL', 'Something went wrong on our side. The log has it under this requestId.', {
    cause: thrown,
  })
}

/** SQLSTATE classes and driver codes that mean "not now", as opposed to "never". */
const AWAY =
  /^(08|53|55P03|57|25006|40001|40P01)|^(CONNECT|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|CONNECTION_)/

/** Whether an error says that the database is away, overloaded, read-only or could not get a lock in time. */
export function isDatabaseAway(thrown: unknown): boolean {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth++) {
    const code = (error as { code?: unknown }).code
    if (typeof code === 'string' && AWAY.test(code)) return true
  }
  return false
}

/** The name of the violated constraint, if that is what went wrong: message texts change with the language. */
export function violatedConstraint(thrown: unknown): string | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth++) {
    const { code, constraint, constraint_name: name } = error as unknown as Record<string, unknown>
    // postgres.js says constraint_name, PGlite says constraint.
    if (typeof code === 'string' && code.startsWith('23')) return String(name ?? constraint ?? '')
  }
  return undefined
}
