// For Express, Connect, and plain `node:http`: all of them hand on Node's own request and response.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { User } from '@rampart/evaluation'
import { type RequestClient, type RequestFlags, startRequest } from './request-flags.ts'

export type { RequestFlags } from './request-flags.ts'

export interface FlagsOptions<Request extends IncomingMessage> {
  /** Who asks. Called when the first flag of a request is, so that it may stand behind the sign-in. */
  user(request: Request): User
}

/** `req.flags` behind the middleware. */
export type WithFlags = { flags: RequestFlags }

/**
 * Express and Connect: `app.use(flags(client, { user: (req) => req.user.id }))`, then `req.flags`. Each flag once per request; error
 * (5xx, or an answer that broke off) and duration are reported for the user's variants.
 */
export function flags<Request extends IncomingMessage>(client: RequestClient, { user }: FlagsOptions<Request>) {
  return function flags(request: Request, response: ServerResponse, next: () => void): void {
    ;(request as Request & WithFlags).flags = follow(client, response, () => user(request))
    next()
  }
}

/** `node:http`: `createServer(withFlags(client, options, (req, res) => ... req.flags ...))`. */
export function withFlags(
  client: RequestClient,
  { user }: FlagsOptions<IncomingMessage>,
  handler: (request: IncomingMessage & WithFlags, response: ServerResponse) => unknown,
): (request: IncomingMessage, response: ServerResponse) => unknown {
  return (request, response) => {
    const flags = follow(client, response, () => user(request))
    return handler(Object.assign(request, { flags }), response)
  }
}

function follow(client: RequestClient, response: ServerResponse, user: () => User): RequestFlags {
  const { flags, finish } = startRequest(client, user)
  // `close` comes after `finish`, and alone when the answer broke off.
  response.once('finish', () => finish(response.statusCode >= 500))
  response.once('close', () => finish(response.statusCode >= 500 || !response.writableFinished))
  return flags
}
