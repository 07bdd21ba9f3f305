import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { findFlag } from '../flags/flags.queries.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, mergePatchBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { refuseInvalidInput } from '../http/refuse-invalid-input.ts'
import { strictObject } from '../http/strict-object.ts'
import { findEnvironment, findProject } from '../projects/projects.queries.ts'
import { listAttributes } from './attribute-notes.ts'
import { baseVariants } from './base-variants.ts'
import { readSeries } from './exposures.queries.ts'
import { graphQuerySchema, spanOfSteps, stepsOf } from './graph-span.ts'
import { listMetrics, readMetrics } from './metrics.queries.ts'
import { ATTRIBUTE_TYPES } from './telemetry.schemas.ts'
import { trustPages } from './trust-pages.ts'

const perStep = z.array(z.number().nullable())
const armSchema = z.object({ count: z.array(z.number()), mean: perStep, p50: perStep, p95: perStep, p99: perStep })
const metricSeriesSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    stepMs: z.int(),
    evaluations: z.object({ exposed: z.array(z.number()), notExposed: z.array(z.number()) }),
    metrics: z.array(
      z.object({
        metric: z.string(),
        kind: z.enum(['share', 'occurrence', 'number']).openapi({ description: 'Values of 0 and 1, none, or any.' }),
        exposed: armSchema,
        notExposed: armSchema,
      }),
    ),
  })
  .openapi('FlagMetrics')

const metricSchema = z
  .object({ name: z.string(), fromPages: z.boolean(), firstSeenAt: z.iso.datetime() })
  .openapi('Metric')
const metricsSchema = z.object({ metrics: z.array(metricSchema) })
const attributesSchema = z.object({
  attributes: z.array(z.object({ name: z.string(), type: z.enum(ATTRIBUTE_TYPES) })),
})

const tags = ['metrics']
const project = z.object({ project: z.string() })

/** What applications track: as graphs of those who get a flag against those who do not, and by name. */
export function metricRoutes({ store, delivery }: Deps) {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalidInput })
    .openapi(
      apiRoute('exposures:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/flags/{flag}/environments/{environment}/metrics',
        tags,
        summary: 'Tracked metrics of those who get a flag against those who do not, over time',
        request: {
          params: z.object({ project: z.string(), flag: z.string(), environment: z.string() }),
          query: graphQuerySchema,
        },
        responses: { 200: jsonAnswer(metricSeriesSchema, 'One number per step; null where nothing was tracked.') },
      }),
      async (c) => {
        const params = c.req.valid('param')
        const query = c.req.valid('query')
        const nowMs = Date.now()
        const steps = stepsOf(query, nowMs)
        const environment = await findEnvironment(store.db, params.project, params.environment)
        const flag = await findFlag(store.db, params.project, params.flag)
        const document = delivery.publisher.feed(environment.id)?.state.flags.get(flag.key)
        const source = { environmentId: environment.id, flagKey: flag.key, sdk: query.sdk }
        const base = baseVariants(document)
        const [metrics, series] = await Promise.all([
          readMetrics(store.db, source, base, steps, nowMs),
          readSeries(store.db, source, [], steps, nowMs),
        ])
        const sumOf = (isBase: boolean) =>
          Array.from({ length: steps.count }, (_, step) =>
            series.reduce(
              (sum, { variant, counts }) => sum + (base.has(variant) === isBase ? (counts[step] ?? 0) : 0),
              0,
            ),
          )
        return c.json(
          { ...spanOfSteps(steps), evaluations: { exposed: sumOf(false), notExposed: sumOf(true) }, metrics },
          200,
        )
      },
    )
    .openapi(
      apiRoute('exposures:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/metrics',
        tags,
        summary: 'What the applications of a project track',
        request: { params: project },
        responses: { 200: jsonAnswer(metricsSchema, 'By name.') },
      }),
      async (c) => {
        const { id } = await findProject(store.db, c.req.valid('param').project)
        return c.json({ metrics: await listMetrics(store.db, id) }, 200)
      },
    )
    .openapi(
      apiRoute('settings:write', {
        method: 'patch',
        path: '/api/v1/projects/{project}/metrics/{metric}',
        tags,
        summary: 'Say whether what pages report of a metric may decide about ramps',
        request: {
          params: z.object({ project: z.string(), metric: z.string() }),
          body: mergePatchBody(strictObject({ fromPages: z.boolean(), reason: z.string().max(500).optional() })),
        },
        responses: { 200: jsonAnswer(metricsSchema, 'All metrics of the project.') },
      }),
      async (c) => {
        const params = c.req.valid('param')
        const { fromPages, reason } = c.req.valid('json')
        await trustPages(store.db, params.project, params.metric, fromPages, actingIn(c, reason))
        const { id } = await findProject(store.db, params.project)
        return c.json({ metrics: await listMetrics(store.db, id) }, 200)
      },
    )
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/attributes',
        tags,
        summary: 'Names and types of the attributes that applications give, never values',
        request: { params: project },
        responses: { 200: jsonAnswer(attributesSchema, 'By name; an attribute may come with several types.') },
      }),
      async (c) => {
        const { id } = await findProject(store.db, c.req.valid('param').project)
        const attributes = await listAttributes(store.db, id)
        return c.json({ attributes } as z.infer<typeof attributesSchema>, 200)
      },
    )
}
