import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import type { SdkKeyLookup } from './sdk-key-lookup.ts'

const BEARER = /^Bearer ([\x21-\x7e]{1,256})$/i

/** Lets requests with a valid server SDK key pass and puts it into `c.var.sdkKey`. */
export function requireServerSdkKey(sdkKeys: SdkKeyLookup): MiddlewareHandler<AppEnv> {
  return async function requireServerSdkKey(c, next) {
    const secret = BEARER.exec(c.req.header('authorization') ?? '')?.[1]
    if (!secret) {
      throw new DomainError('UNAUTHENTICATED', 'Send the SDK key of an environment as "Authorization: Bearer rps_...".')
    }
    const key = sdkKeys.peek(secret) ?? (await sdkKeys.find(secret))
    if (!key) throw new DomainError('UNAUTHENTICATED', 'This SDK key is wrong or revoked.')
    if (key.kind !== 'server') {
      throw new DomainError('FORBIDDEN', 'This is a client key. Rules are only for server keys (rps_...).')
    }
    c.set('sdkKey', key)
    return next()
  }
}
