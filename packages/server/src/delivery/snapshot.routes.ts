import { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import type { EncodedSnapshot, SnapshotEncoding } from './encoded-snapshot.ts'
import type { DeliveryMetrics } from './metrics.ts'
import { acceptsEncoding, isCurrentFor } from './negotiate.ts'
import type { Publisher } from './publisher.ts'

const route = createRoute({
  method: 'get',
  path: '/sdk/v1/snapshot',
  tags: ['sdk'],
  summary: 'Everything an SDK needs to evaluate its environment',
  security: [{ sdkKey: [] }],
  responses: {
    200: {
      description: 'NDJSON: a header, one line per flag, a closing line with counts. Compressed as accepted.',
      content: { 'application/x-ndjson': { schema: z.string() } },
    },
    304: { description: 'If-None-Match names the current ETag.' },
  },
})

/** `GET /sdk/v1/snapshot`: everything an SDK needs for its environment, or 304. */
export function snapshotRoutes(publisher: Publisher, metrics: DeliveryMetrics) {
  const count = {
    notModified: metrics.snapshots.labels('not_modified'),
    identity: metrics.snapshots.labels('identity'),
    gzip: metrics.snapshots.labels('gzip'),
    br: metrics.snapshots.labels('br'),
  }
  return new OpenAPIHono<AppEnv>().openapi(route, (c) => {
    // `c.get` and not `c.var`, which copies all variables at each use: this is the path that every poll of a fleet takes.
    const feed = publisher.feed(c.get('sdkKey').environmentId)
    if (!feed) throw new DomainError('UNAVAILABLE', 'This environment is not loaded yet. Try again in a moment.')
    const { snapshot } = feed
    if (isCurrentFor(c.req.header('if-none-match'), snapshot.etag)) {
      count.notModified.inc()
      return answer(c, snapshot, undefined, undefined)
    }
    const encoding = acceptsEncoding(c.req.header('accept-encoding'))
    count[encoding].inc()
    const body = snapshot.peek(encoding)
    return body ? answer(c, snapshot, encoding, body) : answerLater(c, snapshot, encoding)
  })
}

async function answerLater(
  c: Context<AppEnv>,
  snapshot: EncodedSnapshot,
  encoding: SnapshotEncoding,
): Promise<Response> {
  return answer(c, snapshot, encoding, await snapshot.body(encoding))
}

/** Writes to the raw response where there is one: a Response object would cost more than all the rest. */
function answer(
  c: Context<AppEnv>,
  { etag }: EncodedSnapshot,
  encoding: SnapshotEncoding | undefined,
  body: Buffer | undefined,
): Response {
  const headers: Record<string, string> = {
    ETag: etag,
    Vary: 'Accept-Encoding, Authorization',
    'Cache-Control': 'private, no-cache',
    'X-Request-Id': c.get('requestId'),
  }
  if (body) {
    headers['Content-Type'] = 'application/x-ndjson; charset=utf-8'
    headers['X-Content-Type-Options'] = 'nosniff'
    if (encoding !== 'identity' && encoding !== undefined) headers['Content-Encoding'] = encoding
  }
  const outgoing = c.env?.outgoing
  // HEAD is answered by the framework, which makes a Response of its own from ours.
  if (!(outgoing instanceof ServerResponse) || c.req.method !== 'GET') {
    return new Response(body ? new Uint8Array(body) : null, { status: body ? 200 : 304, headers })
  }
  if (body) headers['Content-Length'] = String(body.length)
  outgoing.writeHead(body ? 200 : 304, headers)
  outgoing.end(body)
  return RESPONSE_ALREADY_SENT
}
