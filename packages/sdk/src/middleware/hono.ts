import type { User } from '@rampart/evaluation'
import type { Context, MiddlewareHandler } from 'hono'
import type { TypedClient } from '../client.ts'
import type { KnownFlags } from '../typed-flags.ts'
import { type RequestClient, type RequestFlagsOf, startRequest } from './request-flags.ts'
import { followLink, linkIn } from './request-link.ts'

export type { RequestFlags, TypedRequestFlags } from './request-flags.ts'

/** `new Hono<FlagsEnv>()` knows `c.get('flags')`, and `new Hono<FlagsEnv<Flags>>()` their keys and types, too. */
export type FlagsEnv<Flags extends KnownFlags = KnownFlags> = { Variables: { flags: RequestFlagsOf<Flags> } }

export interface FlagsOptions {
  /** Who asks. Called when the first flag of a request is, so that it may stand behind the sign-in. */
  user(c: Context): User
}

/**
 * `c.get('flags')`: each flag once per request; error (5xx) and duration are reported for the user's variants. Follows the
 * QA links of the environment.
 */
export function flags<Flags extends KnownFlags>(
  client: TypedClient<Flags>,
  options: FlagsOptions,
): MiddlewareHandler<FlagsEnv<Flags>>
export function flags(client: RequestClient, options: FlagsOptions): MiddlewareHandler<FlagsEnv>
export function flags(client: RequestClient, { user }: FlagsOptions): MiddlewareHandler<FlagsEnv> {
  return async function flags(c, next) {
    const sent = linkIn(c.req.url, c.req.header('Cookie'))
    const followed = sent && (await followLink(client, sent, c.req.url.startsWith('https:')))
    const request = startRequest(followed?.client ?? client, () => user(c))
    c.set('flags', request.flags)
    try {
      await next()
      for (const [name, value] of followed?.headers ?? []) c.header(name, value, { append: name === 'Set-Cookie' })
      // Hono turns what a handler throws into an answer before this line.
      request.finish(c.error !== undefined || c.res.status >= 500)
    } catch (error) {
      request.finish(true)
      throw error
    }
  }
}
