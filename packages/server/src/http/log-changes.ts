import type { Context, MiddlewareHandler } from 'hono'
import type { DeliveryMetrics } from '../delivery/metrics.ts'
import type { AppEnv } from './app-env.ts'

const KILL = /\/environments\/[^/]+\/kill$/
const RESTORE = /\/environments\/[^/]+\/restore$/
const SECRET_PATH = /^(\/triggers\/v1\/|\/ofrep\/v1\/stream\/).+/

/** A path as it may stand in the log: that of a trigger or of an event stream is its credential. */
export function pathForLog(path: string): string {
  return path.replace(SECRET_PATH, '$1...')
}

/**
 * Notes every request of people, scripts and alert managers: how long it took and what came of it, in the metrics; and
 * what wants to change something with a line in the log, which has the id that the answer carries.
 */
export function logChanges(metrics: DeliveryMetrics): MiddlewareHandler<AppEnv> {
  return async function logChanges(c, next) {
    const startedAt = performance.now()
    await next()
    const ms = performance.now() - startedAt
    const { status } = c.res
    metrics.apiSeconds.observe({ action: actionOf(c), outcome: `${Math.floor(status / 100)}xx` }, ms / 1000)
    if (isReading(c)) return
    const { requestId, actor, via, log } = c.var
    const path = pathForLog(c.req.path)
    log.info({ requestId, actor: actor?.id, via, method: c.req.method, path, status, ms: Math.round(ms) }, 'request')
  }
}

function isReading(c: Context<AppEnv>): boolean {
  return c.req.method === 'GET' || c.req.method === 'HEAD'
}

function actionOf(c: Context<AppEnv>): string {
  const { path } = c.req
  if (path.startsWith('/triggers/')) return 'trigger'
  if (isReading(c)) return 'read'
  if (KILL.test(path)) return 'kill'
  return RESTORE.test(path) ? 'restore' : 'change'
}
