import { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from './deps.ts'
import type { AppEnv } from './http/app-env.ts'
import { answerError, DomainError } from './http/errors.ts'
import { identifyRequests } from './http/identify-requests.ts'
import { refuseInvalidInput } from './http/refuse-invalid-input.ts'

/** Mounts every route. The value of the chain is returned, because its type is what typed clients are made of. */
export function createApp(deps: Deps) {
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalidInput })
  app.onError(answerError)
  app.notFound((c) =>
    answerError(new DomainError('NOT_FOUND', `There is nothing at ${c.req.method} ${c.req.path}.`), c),
  )
  app.use(identifyRequests(deps.log))

  // /sdk comes first: it is the hot path and needs none of what follows.
  const routes = app
  // .route('/', deliveryRoutes(deps))
  // .route('/', telemetryRoutes(deps))

  return routes
}

export type AppType = ReturnType<typeof createApp>
