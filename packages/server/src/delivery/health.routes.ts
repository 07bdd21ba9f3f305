import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { jsonAnswer } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { processMetrics } from './process-metrics.ts'

const PROMISES = {
  postgres: 'changes are kept as PostgreSQL keeps them',
  embedded: 'changes survive a crash of this process, not a power cut',
}

const readySchema = z
  .object({
    status: z.enum(['ready', 'degraded']),
    problems: z.array(z.string()),
    storage: z.object({ kind: z.enum(['postgres', 'embedded']), promise: z.string() }),
    streams: z.int(),
  })
  .openapi('Readiness')

/**
 * Health and metrics. A replica that lost its database still serves every SDK from memory, so it is `degraded` with
 * status 200: with a 503 a load balancer would take out all replicas at the same moment.
 */
export function healthRoutes({ store, delivery, preparation }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      createRoute({
        method: 'get',
        path: '/health/live',
        tags: ['operating'],
        summary: 'Does the process answer',
        responses: { 200: jsonAnswer(z.object({ status: z.literal('live') }), 'It does.') },
      }),
      (c) => c.json({ status: 'live' as const }, 200),
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/health/ready',
        tags: ['operating'],
        summary: 'Can it serve, and what is wrong',
        responses: { 200: jsonAnswer(readySchema, 'It can. `degraded` says what is wrong.') },
      }),
      (c) => {
        const problems = [preparation.problem(), ...delivery.problems()].filter((problem) => problem !== undefined)
        const { kind } = store
        return c.json(
          {
            status: problems.length === 0 ? ('ready' as const) : ('degraded' as const),
            problems,
            storage: { kind, promise: PROMISES[kind] },
            streams: delivery.publisher.streamCount(),
          },
          200,
        )
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/metrics',
        tags: ['operating'],
        summary: 'Metrics for Prometheus',
        responses: { 200: { description: 'Text format.', content: { 'text/plain': { schema: z.string() } } } },
      }),
      async (c) => {
        const { registry } = delivery.metrics
        const texts = await Promise.all([registry.metrics(), processMetrics().metrics()])
        return c.text(texts.join('\n'), 200, { 'Content-Type': registry.contentType })
      },
    )
}
