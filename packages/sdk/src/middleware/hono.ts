import type { User } from '@rampart/evaluation'
import type { Context, MiddlewareHandler } from 'hono'
import { type RequestClient, type RequestFlags, startRequest } from './request-flags.ts'

export type { RequestFlags } from './request-flags.ts'

/** `new Hono<FlagsEnv>()` knows `c.get('flags')`. */
export type FlagsEnv = { Variables: { flags: RequestFlags } }

export interface FlagsOptions {
  /** Who asks. Called when the first flag of a request is, so that it may stand behind the sign-in. */
  user(c: Context): User
}

/** `c.get('flags')`: each flag once per request; error (5xx) and duration are reported for the user's variants. */
export function flags(client: RequestClient, { user }: FlagsOptions): MiddlewareHandler<FlagsEnv> {
  return async function flags(c, next) {
    const request = startRequest(client, () => user(c))
    c.set('flags', request.flags)
    try {
      await next()
      // Hono turns what a handler throws into an answer before this line.
      request.finish(c.error !== undefined || c.res.status >= 500)
    } catch (error) {
      request.finish(true)
      throw error
    }
  }
}
