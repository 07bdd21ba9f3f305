import { DomainError } from '../http/errors.ts'

/** What better-auth says when it refuses. */
interface Refusal {
  code?: string
  message?: string
}

/**
 * Turns a refusal of better-auth into one of ours; `wrong` is what to say when what was entered is not right. Returns
 * the body of a good answer.
 */
export async function bodyOrRefusal<T>(answer: Response, wrong: string): Promise<T> {
  const body = (await answer.json().catch(() => ({}))) as T & Refusal
  if (answer.ok) return body
  const { code = '', message = '' } = body
  if (code === 'NOT_INVITED')
    throw new DomainError('FORBIDDEN', 'You have no access here. Ask an admin for an invitation.')
  if (code === 'TOTP_ALREADY_ENABLED')
    throw new DomainError('IN_USE', 'A second factor is on already. Turn it off first.')
  if (code === 'INVALID_TWO_FACTOR_COOKIE' || code === 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE') {
    throw new DomainError('UNAUTHENTICATED', 'This took too long or too many tries. Begin again with your password.')
  }
  if (answer.status === 429) {
    throw new DomainError('RATE_LIMITED', 'Too many wrong codes. Wait a quarter of an hour, or ask an admin.')
  }
  if (answer.status < 500) throw new DomainError('UNAUTHENTICATED', wrong, { cause: new Error(`${code} ${message}`) })
  throw new DomainError('UNAVAILABLE', 'Signing in does not work now. Try again.', { cause: new Error(message) })
}
