import { OpenAPIHono } from '@hono/zod-openapi'
import { authenticate } from './access/authenticate.ts'
import { sessionRoutes } from './access/session.routes.ts'
import type { Deps } from './deps.ts'
import type { AppEnv } from './http/app-env.ts'
import { answerError, DomainError } from './http/errors.ts'
import { identifyRequests } from './http/identify-requests.ts'
import { limitRate } from './http/limit-rate.ts'
import { ADMIN_BODY_BYTES, readJsonBody } from './http/read-json-body.ts'
import { refuseInvalidInput } from './http/refuse-invalid-input.ts'

/** Mounts every route. The value of the chain is returned, because its type is what typed clients are made of. */
export function createApp(deps: Deps) {
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalidInput })
  app.onError(answerError)
  app.notFound((c) =>
    answerError(new DomainError('NOT_FOUND', `There is nothing at ${c.req.method} ${c.req.path}.`), c),
  )
  app.use(identifyRequests(deps.log))

  // A credential first, then its rate, then the body: strangers cost as little as possible.
  app.use('/api/*', authenticate(deps.credentials), limitRate(deps.config.rateLimit), readJsonBody(ADMIN_BODY_BYTES))

  const routes = app
    // .route('/', deliveryRoutes(deps))
    // .route('/', telemetryRoutes(deps))
    .route('/', sessionRoutes(deps))

  return routes
}

export type AppType = ReturnType<typeof createApp>
