import type { MiddlewareHandler } from 'hono'
import { rateLimiter } from 'hono-rate-limiter'
import type { AppEnv } from './app-env.ts'
import { boundedCounts } from './bounded-counts.ts'
import { DomainError } from './errors.ts'
import { addressOf, networkOf } from './network-of.ts'

const MINUTE_MS = 60_000
/** Wrong tokens per address and minute; a person mistypes, a script guesses. */
const FAILED_SIGN_INS = 20
/** Unknown SDK keys a minute from one network: each costs a query. */
const UNKNOWN_KEYS = 60
/** Networks that are counted at once. */
const MOST_NETWORKS = 10_000
/** Whoever kills a flag is never told to wait. */
const KILL_PATH = /\/environments\/[^/]+\/(kill|restore)$/

function refuse(): never {
  throw new DomainError('RATE_LIMITED', 'Too many requests. Wait for the seconds in Retry-After.')
}

/** So many requests a minute and credential, counted in this process; 0 means no limit. */
export function limitRate(perMinute: number): MiddlewareHandler<AppEnv> {
  if (perMinute === 0) return (_c, next) => next()
  return rateLimiter<AppEnv>({
    windowMs: MINUTE_MS,
    limit: perMinute,
    keyGenerator: (c) => c.var.credential,
    skip: (c) => c.var.credential === undefined || KILL_PATH.test(c.req.path),
    handler: refuse,
  })
}

/** Failed attempts to sign in, by network address. */
export function limitSignIns(proxies: number): MiddlewareHandler<AppEnv> {
  return rateLimiter<AppEnv>({
    windowMs: MINUTE_MS,
    limit: FAILED_SIGN_INS,
    store: boundedCounts(MOST_NETWORKS, MINUTE_MS),
    skipSuccessfulRequests: true,
    keyGenerator: (c) => networkOf(addressOf(c, proxies)),
    handler: refuse,
  })
}

/**
 * Around the look-up of a key that nobody knows here, by network address; it is taken back when the look-up found the key,
 * so that a fleet with good keys is never held up. Counted in this process.
 */
export function limitUnknownKeys(proxies: number): MiddlewareHandler<AppEnv> {
  return rateLimiter<AppEnv>({
    windowMs: MINUTE_MS,
    limit: UNKNOWN_KEYS,
    store: boundedCounts(MOST_NETWORKS, MINUTE_MS),
    skipSuccessfulRequests: true,
    requestWasSuccessful: (c) => c.get('sdkKey') !== undefined,
    keyGenerator: (c) => networkOf(addressOf(c, proxies)),
    handler() {
      const message = 'Too many unknown SDK keys came from this network. Wait for the seconds in Retry-After.'
      throw new DomainError('RATE_LIMITED', message)
    },
  })
}
