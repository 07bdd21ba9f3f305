import { OpenAPIHono } from '@hono/zod-openapi'
import { compress } from 'hono/compress'
import { authenticate } from './access/authenticate.ts'
import { sdkKeyRoutes } from './access/sdk-keys.routes.ts'
import { SESSION_COOKIE } from './access/session-cookie.ts'
import { refuseClientKeys, requireSdkKey } from './access/require-sdk-key.ts'
import { sessionRoutes } from './access/session.routes.ts'
import { tokenRoutes } from './access/tokens.routes.ts'
import { deliveryRoutes } from './delivery/delivery.routes.ts'
import { eventRoutes } from './delivery/events.routes.ts'
import { healthRoutes } from './delivery/health.routes.ts'
import { auditRoutes } from './audit/audit.routes.ts'
import type { Deps } from './deps.ts'
import { evaluateRoutes } from './evaluation/evaluate.routes.ts'
import { bulkRoutes } from './flags/bulk.routes.ts'
import { changeRequestRoutes } from './change-requests/change-requests.routes.ts'
import { configurationRoutes } from './flags/configuration.routes.ts'
import { copyRoutes } from './flags/copy.routes.ts'
import { flagRoutes } from './flags/flags.routes.ts'
import { killRoutes } from './flags/kill.routes.ts'
import { versionRoutes } from './flags/versions.routes.ts'
import type { AppEnv } from './http/app-env.ts'
import { answerError, DomainError } from './http/errors.ts'
import { identifyRequests } from './http/identify-requests.ts'
import { limitRate, limitUnknownKeys } from './http/limit-rate.ts'
import { logChanges } from './http/log-changes.ts'
import { allowAnyPage } from './http/allow-any-page.ts'
import { ADMIN_BODY_BYTES, EVALUATE_BODY_BYTES, readJsonBody } from './http/read-json-body.ts'
import { protectAnswers } from './http/protect-answers.ts'
import { refuseInvalidInput } from './http/refuse-invalid-input.ts'
import { refuseUnprepared } from './http/refuse-unprepared.ts'
import { serveAdminUi } from './http/serve-admin-ui.ts'
import { exposureRoutes } from './telemetry/exposures.routes.ts'
import { metricRoutes } from './telemetry/metrics.routes.ts'
import { ofrepRoutes } from './ofrep/ofrep.routes.ts'
import { rampRoutes } from './ramps/ramps.routes.ts'
import { rampTemplateRoutes } from './ramps/ramp-templates.routes.ts'
import { sdkRoutes } from './sdks/sdks.routes.ts'
import { segmentRoutes } from './segments/segments.routes.ts'
import { timelineRoutes } from './timeline/timeline.routes.ts'
import { telemetryRoutes } from './telemetry/telemetry.routes.ts'
import { triggerRoutes } from './triggers/triggers.routes.ts'
import { useTriggerRoutes } from './triggers/use-trigger.routes.ts'

import { markerRoutes } from './markers/markers.routes.ts'
import { qaLinkRoutes } from './qa-links/qa-links.routes.ts'
import { accountRoutes } from './people/account.routes.ts'
import { joinRoutes } from './people/join.routes.ts'
import { memberRoutes } from './people/members.routes.ts'
import { signInRoutes } from './people/sign-in.routes.ts'
import { projectRoutes } from './projects/projects.routes.ts'

/** What a page may call with a client key. */
const OPEN_TO_PAGES = ['/sdk/v1/evaluate', '/sdk/v1/stream', '/sdk/v1/telemetry', '/ofrep/*']
const SERVER_KEYS_ONLY = ['/sdk/v1/snapshot', '/sdk/v1/receipts']

/** Mounts every route. The value of the chain is returned, because its type is what typed clients are made of. */
export function createApp(deps: Deps) {
  const app = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalidInput })
  app.onError(answerError)
  app.notFound((c) =>
    answerError(new DomainError('NOT_FOUND', `There is nothing at ${c.req.method} ${c.req.path}.`), c),
  )
  app.use(identifyRequests(deps.log))

  app.use('/triggers/*', logChanges(deps.delivery.metrics))
  app.use('/api/*', logChanges(deps.delivery.metrics), protectAnswers, refuseUnprepared(deps.preparation))
  // A credential first, then its rate, then the body: strangers cost as little as possible.
  app.use(
    '/api/*',
    authenticate(deps.credentials, deps.places),
    limitRate(deps.config.rateLimit),
    readJsonBody(ADMIN_BODY_BYTES),
  )

  // Thousands of flags are megabytes of which nearly nothing is new.
  app.use('/api/v1/projects/:project/flags', compress())
  app.use('/api/v1/projects/:project/flag-keys', compress())
  for (const path of OPEN_TO_PAGES) app.use(path, allowAnyPage)
  const unknownKeys = limitUnknownKeys(deps.config.proxies)
  app.use('/sdk/*', requireSdkKey(deps.sdkKeys, unknownKeys))
  for (const path of SERVER_KEYS_ONLY) app.use(path, refuseClientKeys)
  app.use('/sdk/v1/evaluate', readJsonBody(EVALUATE_BODY_BYTES))

  const routes = app
    .route('/', healthRoutes(deps))
    .route('/', deliveryRoutes(deps))
    .route('/', telemetryRoutes(deps))
    .route('/', evaluateRoutes(deps))
    .route('/', ofrepRoutes(deps, unknownKeys))
    .route('/', eventRoutes(deps))
    .route('/', sessionRoutes(deps))
    .route('/', signInRoutes(deps))
    .route('/', joinRoutes(deps))
    .route('/', accountRoutes(deps))
    .route('/', memberRoutes(deps))
    .route('/', projectRoutes(deps))
    .route('/', flagRoutes(deps))
    .route('/', bulkRoutes(deps))
    .route('/', configurationRoutes(deps))
    .route('/', versionRoutes(deps))
    .route('/', changeRequestRoutes(deps))
    .route('/', copyRoutes(deps))
    .route('/', segmentRoutes(deps))
    .route('/', killRoutes(deps))
    .route('/', qaLinkRoutes(deps))
    .route('/', triggerRoutes(deps))
    .route('/', useTriggerRoutes(deps))
    .route('/', rampRoutes(deps))
    .route('/', rampTemplateRoutes(deps))
    .route('/', auditRoutes(deps))
    .route('/', timelineRoutes(deps))
    .route('/', markerRoutes(deps))
    .route('/', sdkKeyRoutes(deps))
    .route('/', tokenRoutes(deps))
    .route('/', exposureRoutes(deps))
    .route('/', metricRoutes(deps))
    .route('/', sdkRoutes(deps))

  app.openAPIRegistry.registerComponent('securitySchemes', 'apiToken', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'sdkKey', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
  })
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Rampart', version: '1' } })

  // Last, because it answers every path that is left.
  app.route('/', serveAdminUi())
  return routes
}

export type AppType = ReturnType<typeof createApp>
