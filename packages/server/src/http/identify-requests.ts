import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import type { AppEnv } from './app-env.ts'

/** Gives each request an id. It stands in the answer, in errors, in the log and in the audit. */
export function identifyRequests(log: Logger): MiddlewareHandler<AppEnv> {
  return function identifyRequests(c, next) {
    const requestId = randomUUID()
    c.set('requestId', requestId)
    c.set('log', log)
    c.header('X-Request-Id', requestId)
    return next()
  }
}
