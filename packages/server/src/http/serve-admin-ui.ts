import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import type { AppEnv } from './app-env.ts'
import { answerError, DomainError } from './errors.ts'

const built = fileURLToPath(new URL('../../../admin-ui/dist', import.meta.url))

/** Nothing inline, nothing foreign, no framing, and no text becomes markup except through Lit's own templates. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html',
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

/** The names of files below /assets change with their content. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/** These belong to programs: what is not there is a JSON error, never the console's page. */
const MACHINE_PATH = /^\/(api|sdk|ofrep|triggers|health|metrics|openapi\.json)(\/|$)/

/** The admin UI as static files: assets for ever, and its one page for every path that is nobody else's. */
export function serveAdminUi(directory: string = built): Hono<AppEnv> {
  const ui = new Hono<AppEnv>()
  ui.use('*', protectPages)
  if (!existsSync(join(directory, 'index.html'))) return ui.get('*', (c) => (isPage(c) ? notBuilt(c) : notFound(c)))
  ui.use('/assets/*', compress(), cacheForEver, serveStatic({ root: directory, precompressed: true }))
  ui.get('/assets/*', notFound)
  ui.get('*', serveStatic({ root: directory, index: 'none' }))
  ui.get('*', (c, next) => (isPage(c) ? page(directory)(c, next) : Promise.resolve(notFound(c))))
  return ui
}

function page(directory: string): MiddlewareHandler<AppEnv> {
  return serveStatic({ root: directory, path: 'index.html' })
}

const protectPages: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (MACHINE_PATH.test(c.req.path)) return next()
  c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
  c.header('X-Content-Type-Options', 'nosniff')
  c.header('Referrer-Policy', 'no-referrer')
  c.header('Cross-Origin-Opener-Policy', 'same-origin')
  c.header('Cache-Control', 'no-cache')
  return next()
}

const cacheForEver: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  if (c.res.status === 200) c.res.headers.set('Cache-Control', FOR_EVER)
}

/** A path that a person may have in the address bar: no program's, and not a missing file such as /favicon.ico. */
function isPage(c: Context<AppEnv>): boolean {
  return !MACHINE_PATH.test(c.req.path) && (c.req.header('accept') ?? '').includes('text/html')
}

function notFound(c: Context<AppEnv>): Response {
  return answerError(new DomainError('NOT_FOUND', `There is nothing at ${c.req.method} ${c.req.path}.`), c)
}

function notBuilt(c: Context<AppEnv>): Response {
  return c.text('The admin UI is not built. Start the service with "npm start", which builds it. The API works.\n', 200)
}
