// For Express, Connect, and plain `node:http`: all of them hand on Node's own request and response.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { User } from '@rampart/evaluation'
import type { LinkedClient } from '../qa-link.ts'
import type { TypedClient } from '../client.ts'
import type { KnownFlags } from '../typed-flags.ts'
import { type RequestClient, type RequestFlags, type RequestFlagsOf, startRequest } from './request-flags.ts'
import { followLink, linkIn } from './request-link.ts'

export type { RequestFlags, TypedRequestFlags } from './request-flags.ts'

export interface FlagsOptions<Request extends IncomingMessage> {
  /** Who asks. Called when the first flag of a request is, so that it may stand behind the sign-in. */
  user(request: Request): User
}

/** `req.flags` behind the middleware; `WithFlags<Flags>` knows their keys and types, too. */
export type WithFlags<Flags extends KnownFlags = KnownFlags> = { flags: RequestFlagsOf<Flags> }

/**
 * Express and Connect: `app.use(flags(client, { user: (req) => req.user.id }))`, then `req.flags`. Each flag once per request; error
 * (5xx, or an answer that broke off) and duration are reported for the user's variants.
 */
export function flags<Request extends IncomingMessage>(client: RequestClient, { user }: FlagsOptions<Request>) {
  return function flags(request: Request, response: ServerResponse, next: () => void): void {
    begin(client, request, response, (client) => {
      ;(request as Request & WithFlags).flags = follow(client, response, () => user(request))
      next()
    })
  }
}

/** `node:http`: `createServer(withFlags(client, options, (req, res) => ... req.flags ...))`. */
export function withFlags<Flags extends KnownFlags>(
  client: TypedClient<Flags>,
  options: FlagsOptions<IncomingMessage>,
  handler: (request: IncomingMessage & WithFlags<Flags>, response: ServerResponse) => unknown,
): (request: IncomingMessage, response: ServerResponse) => unknown
export function withFlags(
  client: RequestClient,
  options: FlagsOptions<IncomingMessage>,
  handler: (request: IncomingMessage & WithFlags, response: ServerResponse) => unknown,
): (request: IncomingMessage, response: ServerResponse) => unknown
export function withFlags(
  client: RequestClient,
  { user }: FlagsOptions<IncomingMessage>,
  handler: (request: IncomingMessage & WithFlags, response: ServerResponse) => unknown,
): (request: IncomingMessage, response: ServerResponse) => unknown {
  return (request, response) =>
    begin(client, request, response, (client) => {
      const flags = follow(client, response, () => user(request))
      return handler(Object.assign(request, { flags }), response)
    })
}

/** Goes on at once, or when a QA link that came along is checked. */
function begin(
  client: RequestClient,
  request: IncomingMessage,
  response: ServerResponse,
  goOn: (client: RequestClient | LinkedClient) => unknown,
): unknown {
  const sent = linkIn(request.url ?? '', request.headers.cookie)
  if (sent === undefined) return goOn(client)
  const isSecure = 'encrypted' in request.socket || request.headers['x-forwarded-proto'] === 'https'
  return followLink(client, sent, isSecure).then((followed) => {
    for (const [name, value] of followed.headers) response.appendHeader(name, value)
    return goOn(followed.client)
  })
}

function follow(client: RequestClient | LinkedClient, response: ServerResponse, user: () => User): RequestFlags {
  const { flags, finish } = startRequest(client, user)
  // `close` comes after `finish`, and alone when the answer broke off.
  response.once('finish', () => finish(response.statusCode >= 500))
  response.once('close', () => finish(response.statusCode >= 500 || !response.writableFinished))
  return flags
}
