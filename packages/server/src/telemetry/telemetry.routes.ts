import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { readJsonBody, TELEMETRY_BODY_BYTES } from '../http/read-json-body.ts'
import { refuseInvalidInput } from '../http/refuse-invalid-input.ts'
import { acknowledgementSchema, readBatchAge, telemetryBatchSchema } from './telemetry.schemas.ts'

/** `POST /sdk/v1/telemetry`: counters come in, acknowledged once they are committed. The SDK key was checked before. */
export function telemetryRoutes({ delivery }: Deps) {
  const routes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalidInput })
  routes.use('/sdk/v1/telemetry', readJsonBody(TELEMETRY_BODY_BYTES))
  return routes.openapi(
    createRoute({
      method: 'post',
      path: '/sdk/v1/telemetry',
      tags: ['sdk'],
      summary: 'Count evaluations',
      security: [{ sdkKey: [] }],
      request: { body: jsonBody(telemetryBatchSchema) },
      responses: { 200: jsonAnswer(acknowledgementSchema, 'Counted and committed, or counted before.') },
    }),
    async (c) => {
      // A fleet flushes every few seconds: kept open, these connections would double the streams' descriptors.
      c.header('Connection', 'close')
      const { environmentId, kind } = c.get('sdkKey')
      const batch = c.req.valid('json')
      if (kind === 'client') return c.json(await delivery.ingest.countOfPage(environmentId, batch), 200)
      const ageMs = readBatchAge(c.req.header('rampart-batch-age-ms'))
      return c.json(await delivery.ingest.count(environmentId, batch, ageMs), 200)
    },
  )
}
