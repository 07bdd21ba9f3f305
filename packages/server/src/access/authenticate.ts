import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import type { Credential, Credentials } from './credentials.ts'
import type { Places } from './places.ts'
import { hashSecret } from './secrets.ts'
import { readSessionCookie } from './session-cookie.ts'
import { isTokenSession, sessionHash } from './session.commands.ts'

const BEARER = /^Bearer ([\x21-\x7e]{1,256})$/i
/**
 * What may be called by somebody who is not known yet. Compared with the path as it was sent: another spelling of one
 * of these is simply not open.
 */
export const OPEN_ROUTES: ReadonlySet<string> = new Set([
  'POST /api/v1/session',
  'GET /api/v1/session/ways',
  'POST /api/v1/session/password',
  'POST /api/v1/session/second-factor',
  'POST /api/v1/session/oidc',
  'GET /api/v1/session/oidc/callback',
  'POST /api/v1/set-up',
  'POST /api/v1/invitations/look',
  'POST /api/v1/invitations/accept',
])
const READING = new Set(['GET', 'HEAD'])

/**
 * Nothing below /api/v1 passes without a credential, known route or not; signing in, in its several ways, is the exception. A request
 * with an Authorization header is judged by that alone, its cookies are ignored.
 */
export function authenticate(credentials: Credentials, places: Places): MiddlewareHandler<AppEnv> {
  return async function authenticate(c, next) {
    if (OPEN_ROUTES.has(`${c.req.method} ${c.req.path}`)) {
      if (!READING.has(c.req.method)) refuseForeignOrigin(c)
      return next()
    }
    const authorization = c.req.header('authorization')
    const credential =
      authorization === undefined ? await fromCookie(c, credentials) : await fromToken(authorization, credentials)
    c.set('actor', credential.actor)
    c.set('grants', credential.grants)
    c.set('places', places)
    c.set('credential', credential.id)
    c.set('via', authorization === undefined ? 'ui' : 'api')
    return next()
  }
}

async function fromToken(authorization: string, credentials: Credentials): Promise<Credential> {
  const secret = BEARER.exec(authorization)?.[1]
  if (!secret) throw new DomainError('UNAUTHENTICATED', 'Send an API token as "Authorization: Bearer rpt_...".')
  const credential = await checked(credentials.token(hashSecret(secret)))
  if (!credential) throw new DomainError('UNAUTHENTICATED', 'This API token is wrong or revoked.')
  return credential
}

async function fromCookie(c: Context<AppEnv>, credentials: Credentials): Promise<Credential> {
  const secret = readSessionCookie(c)
  if (!secret) {
    throw new DomainError('UNAUTHENTICATED', 'Sign in, or send an API token as "Authorization: Bearer rpt_...".')
  }
  // A browser sends the cookie whoever wrote the page, so writes must come from our own pages.
  if (!READING.has(c.req.method)) refuseForeignOrigin(c)
  const credential = await checked(
    isTokenSession(secret)
      ? credentials.tokenSession(sessionHash(secret))
      : credentials.personSession(sessionHash(secret)),
  )
  if (!credential) throw new DomainError('UNAUTHENTICATED', 'This session has ended. Sign in again.')
  return credential
}

/** "Could not check" is 503 and never 401: the credential may be perfectly good. */
async function checked(lookup: Promise<Credential | null>): Promise<Credential | null> {
  try {
    return await lookup
  } catch (cause) {
    throw new DomainError(
      'UNAVAILABLE',
      'NOT applied: the credential could not be checked, the database does not answer.',
      {
        cause,
      },
    )
  }
}

/**
 * Only pages of this very origin may write with a cookie, or sign somebody in. Browsers always send Sec-Fetch-Site or
 * Origin with a write, and no page can forge them. The host alone is compared: a proxy may speak TLS for us.
 */
function refuseForeignOrigin(c: Context<AppEnv>): void {
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  if (site === undefined && origin === undefined) {
    // Not a browser. Without a cookie there is nothing to abuse.
    if (readSessionCookie(c) === undefined) return
  } else if (site !== undefined) {
    if (site === 'same-origin') return
  } else if (origin !== undefined && hostOf(origin) === (c.req.header('host') ?? new URL(c.req.url).host)) {
    return
  }
  throw new DomainError('FORBIDDEN', 'This request does not come from a page of this service.')
}

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host
  } catch {
    return undefined
  }
}
