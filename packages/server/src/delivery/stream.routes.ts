import { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { SdkKey } from '../access/sdk-key-lookup.ts'
import type { AppEnv } from '../http/app-env.ts'
import type { Audience } from './followers.ts'
import type { DeliveryMetrics } from './metrics.ts'
import { parsePosition } from './position.ts'
import type { Publisher } from './publisher.ts'
import { readSdkClient } from './sdk-client.ts'

const route = createRoute({
  method: 'get',
  path: '/sdk/v1/stream',
  tags: ['sdk'],
  summary: 'Changes of an environment, as server-sent events',
  security: [{ sdkKey: [] }],
  responses: {
    200: {
      description:
        'Events `current`, `patch`, `kill`, `restore` and `reset`, from the Last-Event-ID on. With a client key `refetch` and `kill` only.',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    503: { description: 'No room for another stream; Retry-After says when to come back.' },
  },
})

/** `GET /sdk/v1/stream`: server-sent events from where the client stands. */
export function streamRoutes(publisher: Publisher, metrics: DeliveryMetrics) {
  return new OpenAPIHono<AppEnv>().openapi(route, (c) => {
    const response = rawResponse(c)
    if (!response) return headOnly(c)
    const key = c.get('sdkKey')
    if (key.kind === 'client') return answerFollower(c, publisher, metrics, 'browser', key, response)
    const { id, environmentId } = key
    const client = { ...readSdkClient(c), credentialId: id, origin: undefined }
    const cursor = parsePosition(c.req.header('last-event-id'))
    const opened = publisher.openStream(environmentId, client, cursor, response)
    if (opened === 'open') return RESPONSE_ALREADY_SENT
    metrics.streamsRefused.inc({ why: opened })
    return refuseStream(c, opened)
  })
}

/** Opens the stream of somebody who gets values and no rules. Any page may read it: its key is public. */
export function answerFollower(
  c: Context<AppEnv>,
  publisher: Publisher,
  metrics: DeliveryMetrics,
  audience: Audience,
  { id, environmentId }: SdkKey,
  response: ServerResponse,
): Response {
  response.setHeader('Access-Control-Allow-Origin', '*')
  const holder = { credentialId: id, origin: c.req.header('origin') }
  const opened = publisher.openFollower(environmentId, audience, holder, response)
  if (opened === 'open') return RESPONSE_ALREADY_SENT
  response.removeHeader('Access-Control-Allow-Origin')
  metrics.streamsRefused.inc({ why: opened })
  return refuseStream(c, opened)
}

/**
 * The response under a request, to write events to. Undefined when there is nobody to write them for: the client is
 * gone already, and then no close would ever be heard, or it asked for the head alone.
 */
export function rawResponse(c: Context<AppEnv>): ServerResponse | undefined {
  const outgoing = c.env?.outgoing
  if (!(outgoing instanceof ServerResponse)) throw new Error('A stream needs a real connection.')
  return c.req.method !== 'GET' || outgoing.destroyed || outgoing.req.socket.destroyed ? undefined : outgoing
}

/** What a stream answers where there is no stream. */
export function headOnly(c: Context<AppEnv>): Response {
  return c.body(null, 200, { 'Content-Type': 'text/event-stream' })
}

/** "Later", at a moment that differs from client to client. Not an error of ours, so it does not fill the log. */
export function refuseStream(c: Context<AppEnv>, why: 'full' | 'busy' | 'unknown'): Response {
  const error = {
    code: 'UNAVAILABLE',
    message: 'This server has no room for another stream now. Try again later, or poll /sdk/v1/snapshot meanwhile.',
    requestId: c.var.requestId,
  }
  // A rush is over in seconds; a full replica needs others beside it.
  const [leastS, spreadS] = why === 'busy' ? [1, 5] : [5, 10]
  return c.json({ error }, 503, { 'Retry-After': String(leastS + Math.floor(Math.random() * spreadS)) })
}
