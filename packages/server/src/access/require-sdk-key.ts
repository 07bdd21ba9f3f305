import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import { allowsOrigin } from './page-origins.ts'
import type { SdkKey, SdkKeyLookup } from './sdk-key-lookup.ts'

const BEARER = /^Bearer ([\x21-\x7e]{1,256})$/i
const API_KEY = /^[\x21-\x7e]{1,256}$/

/**
 * Lets requests with a valid SDK key pass, of a server or a client, and puts it into `c.var.sdkKey`. `limit` goes around
 * the question for a key that nobody knows here.
 */
export function requireSdkKey(sdkKeys: SdkKeyLookup, limit: MiddlewareHandler<AppEnv>): MiddlewareHandler<AppEnv> {
  return async function requireSdkKey(c, next) {
    const secret = secretIn(c)
    if (!secret) {
      throw new DomainError('UNAUTHENTICATED', 'Send the SDK key of an environment as "Authorization: Bearer rps_...".')
    }
    const key = sdkKeys.peek(secret) ?? (await findWithin(limit, c, sdkKeys, secret))
    if (!key) throw new DomainError('UNAUTHENTICATED', 'This SDK key is wrong or revoked.')
    refuseForeignPage(c, key)
    c.set('sdkKey', key)
    return next()
  }
}

/** Finds the key of a secret or of a channel; a stranger's only while its network may ask. Throws RATE_LIMITED, UNAVAILABLE. */
export async function findWithin(
  limit: MiddlewareHandler<AppEnv>,
  c: Context<AppEnv>,
  sdkKeys: SdkKeyLookup,
  secret: string,
  find: (secret: string) => Promise<SdkKey | null> = sdkKeys.find,
): Promise<SdkKey | null> {
  if (!sdkKeys.isStranger(secret)) return find(secret)
  let key = null as SdkKey | null
  await limit(c, async () => {
    key = await find(secret)
    if (key) c.set('sdkKey', key)
  })
  return key
}

/**
 * Refuses pages that a client key is not for. Who sends no origin is no page: an application, a server. Throws
 * FORBIDDEN, for the developer of the page to read.
 */
export function refuseForeignPage(c: Context<AppEnv>, { origins }: SdkKey): void {
  if (!origins) return
  const origin = c.req.header('origin')
  if (origin === undefined || allowsOrigin(origins, origin)) return
  const message = `Pages of ${origin.slice(0, 300)} may not use this client key. Whoever manages it can add that origin to the key in Rampart's console, under Settings, SDK keys.`
  throw new DomainError('FORBIDDEN', message)
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
