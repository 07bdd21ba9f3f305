import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app-env.ts'

/** Headers of every answer of the API: no cache keeps it, also not the browser's after signing out, and JSON is JSON. */
export const protectAnswers: MiddlewareHandler<AppEnv> = (c, next) => {
  c.header('Cache-Control', 'no-store')
  c.header('X-Content-Type-Options', 'nosniff')
  return next()
}
