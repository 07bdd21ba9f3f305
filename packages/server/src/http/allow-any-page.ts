import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

const ALLOWED_HEADERS = [
  'Authorization',
  'Content-Type',
  'If-None-Match',
  'Last-Event-ID',
  'Rampart-Batch-Age-Ms',
  'Rampart-Instance',
  'Rampart-Name',
  'Rampart-SDK',
  'X-API-Key',
].join(', ')
const EXPOSED_HEADERS = 'ETag, Retry-After, X-Request-Id'
const DAY_S = '86400'

/**
 * CORS for the routes that pages of any origin may call with a client key, which is public by nature. Never with
 * credentials: no cookie of this service is sent, and none would be looked at. Not Hono's own middleware, because that
 * touches the response object, and streams are written to the raw one.
 */
export const allowAnyPage: MiddlewareHandler<AppEnv> = async (c, next) => {
  c.header('Access-Control-Allow-Origin', '*')
  if (c.req.method !== 'OPTIONS') {
    c.header('Access-Control-Expose-Headers', EXPOSED_HEADERS)
    return next()
  }
  c.header('Access-Control-Allow-Methods', 'GET, POST')
  c.header('Access-Control-Allow-Headers', ALLOWED_HEADERS)
  c.header('Access-Control-Max-Age', DAY_S)
  return c.body(null, 204)
}
