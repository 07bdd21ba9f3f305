import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import type { SdkKeyLookup } from './sdk-key-lookup.ts'

const BEARER = /^Bearer ([\x21-\x7e]{1,256})$/i
const API_KEY = /^[\x21-\x7e]{1,256}$/

/** Lets requests with a valid SDK key pass, of a server or a client, and puts it into `c.var.sdkKey`. */
export function requireSdkKey(sdkKeys: SdkKeyLookup): MiddlewareHandler<AppEnv> {
  return async function requireSdkKey(c, next) {
    const secret = secretIn(c)
    if (!secret) {
      throw new DomainError('UNAUTHENTICATED', 'Send the SDK key of an environment as "Authorization: Bearer rps_...".')
    }
    const key = sdkKeys.peek(secret) ?? (await sdkKeys.find(secret))
    if (!key) throw new DomainError('UNAUTHENTICATED', 'This SDK key is wrong or revoked.')
    c.set('sdkKey', key)
    return next()
  }
}

/** `Authorization` as everywhere; `X-API-Key` because OpenFeature's clients may use either. */
function secretIn(c: Context<AppEnv>): string | undefined {
  const authorization = c.req.header('authorization')
  if (authorization !== undefined) return BEARER.exec(authorization)?.[1]
  const apiKey = c.req.header('x-api-key')
  return apiKey !== undefined && API_KEY.test(apiKey) ? apiKey : undefined
}

/** Refuses client keys: they lie open in pages, and rules name people. Comes behind `requireSdkKey`. */
export const refuseClientKeys: MiddlewareHandler<AppEnv> = (c, next) => {
  if (c.get('sdkKey').kind === 'server') return next()
  throw new DomainError('FORBIDDEN', 'This is a client key. Rules are only for server keys (rps_...).')
}
