import { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import type { AppEnv } from '../http/app-env.ts'
import type { DeliveryMetrics } from './metrics.ts'
import { parsePosition } from './position.ts'
import type { Publisher } from './publisher.ts'
import { readSdkClient } from './sdk-client.ts'

/** `GET /sdk/v1/stream`: server-sent events from where the client stands. */
export function streamRoutes(publisher: Publisher, metrics: DeliveryMetrics) {
  return new Hono<AppEnv>().get('/sdk/v1/stream', (c) => {
    const response = rawResponse(c)
    if (!response) return RESPONSE_ALREADY_SENT
    const { id, environmentId } = c.var.sdkKey
    const client = { ...readSdkClient(c), credentialId: id }
    const cursor = parsePosition(c.req.header('last-event-id'))
    const opened = publisher.openStream(environmentId, client, cursor, response)
    if (opened === 'open') return RESPONSE_ALREADY_SENT
    metrics.streamsRefused.inc()
    return refuseStream(c)
  })
}

/** The socket under a request; undefined when the client is gone already, and then no close would ever be heard. */
export function rawResponse(c: Context<AppEnv>): ServerResponse | undefined {
  const outgoing = c.env?.outgoing
  if (!(outgoing instanceof ServerResponse)) throw new Error('A stream needs a real connection.')
  return outgoing.destroyed || outgoing.req.socket.destroyed ? undefined : outgoing
}

/** "Later", at a moment that differs from client to client. Not an error of ours, so it does not fill the log. */
export function refuseStream(c: Context<AppEnv>): Response {
  const error = {
    code: 'UNAVAILABLE',
    message: 'This server has no room for another stream now. Try again later, or poll /sdk/v1/snapshot meanwhile.',
    requestId: c.var.requestId,
  }
  return c.json({ error }, 503, { 'Retry-After': String(5 + Math.floor(Math.random() * 10)) })
}
