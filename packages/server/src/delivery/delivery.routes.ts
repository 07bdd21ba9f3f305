import { OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import type { AppEnv } from '../http/app-env.ts'
import { RECEIPTS_BODY_BYTES, readJsonBody } from '../http/read-json-body.ts'
import { receiptRoutes } from './receipts.routes.ts'
import { snapshotRoutes } from './snapshot.routes.ts'
import { streamRoutes } from './stream.routes.ts'

/** What SDKs read, and their receipts. The SDK key was checked before. */
export function deliveryRoutes({ delivery }: Deps) {
  const routes = new OpenAPIHono<AppEnv>()
  routes.use('/sdk/v1/receipts', readJsonBody(RECEIPTS_BODY_BYTES))
  return routes
    .route('/', snapshotRoutes(delivery.publisher, delivery.metrics))
    .route('/', streamRoutes(delivery.publisher, delivery.metrics))
    .route('/', receiptRoutes(delivery.receipts))
}
