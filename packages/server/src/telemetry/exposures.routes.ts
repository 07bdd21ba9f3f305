import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { findFlag } from '../flags/flags.queries.ts'
import { apiRoute, jsonAnswer } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { refuseInvalidInput } from '../http/refuse-invalid-input.ts'
import { listMarkers } from '../markers/markers.queries.ts'
import { markerSchema } from '../markers/markers.schemas.ts'
import { findEnvironment } from '../projects/projects.queries.ts'
import { baseVariants } from './base-variants.ts'
import { listSdksOf, readDay, readSeries } from './exposures.queries.ts'
import { graphQuerySchema, spanOfSteps, stepsOf } from './graph-span.ts'

const exposuresSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    stepMs: z.int(),
    series: z.array(z.object({ variant: z.string(), counts: z.array(z.number()) })),
    total: z.number(),
    markers: z.array(markerSchema),
    sdks: z.array(z.string()).openapi({ description: 'Who ever counted this flag, by name and version.' }),
  })
  .openapi('Exposures')

const daySchema = z
  .object({
    stepMs: z.int(),
    from: z.iso.datetime(),
    flags: z.record(
      z.string(),
      z.object({ total: z.number(), exposed: z.number(), points: z.array(z.number()).length(24) }),
    ),
  })
  .openapi('ExposuresOfTheDay')

const tags = ['exposures']

/** What was served to whom, as graphs: counts per variant with every change and deploy as a vertical line. */
export function exposureRoutes({ store, delivery }: Deps) {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalidInput })
    .openapi(
      apiRoute('exposures:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/flags/{flag}/environments/{environment}/exposures',
        tags,
        summary: 'Evaluations of a flag per variant over time',
        request: {
          params: z.object({ project: z.string(), flag: z.string(), environment: z.string() }),
          query: graphQuerySchema,
        },
        responses: { 200: jsonAnswer(exposuresSchema, 'One number per step and variant, zeros included.') },
      }),
      async (c) => {
        const params = c.req.valid('param')
        const query = c.req.valid('query')
        const nowMs = Date.now()
        const steps = stepsOf(query, nowMs)
        const environment = await findEnvironment(store.db, params.project, params.environment)
        const flag = await findFlag(store.db, params.project, params.flag)
        const span = spanOfSteps(steps)
        const variants = flag.variants.map((variant) => variant.name)
        const source = { environmentId: environment.id, flagKey: flag.key, sdk: query.sdk }
        const [series, sdks, markers] = await Promise.all([
          readSeries(store.db, source, variants, steps, nowMs),
          listSdksOf(store.db, environment.id, flag.key),
          listMarkers(store.db, {
            projectId: environment.projectId,
            environmentId: environment.id,
            flagId: flag.id,
            from: new Date(span.from),
            to: new Date(span.to),
          }),
        ])
        const total = series.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)
        return c.json({ ...span, series, total, markers, sdks }, 200)
      },
    )
    .openapi(
      apiRoute('exposures:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/environments/{environment}/exposures',
        tags,
        summary: 'The last 24 hours of every flag',
        request: { params: z.object({ project: z.string(), environment: z.string() }) },
        responses: { 200: jsonAnswer(daySchema, 'Only flags that were evaluated; one point per hour, oldest first.') },
      }),
      async (c) => {
        const { project, environment } = c.req.valid('param')
        const { id } = await findEnvironment(store.db, project, environment)
        const flags = delivery.publisher.feed(id)?.state.flags
        const isExposed = (key: string, variant: string) => !baseVariants(flags?.get(key)).has(variant)
        const day = await readDay(store.db, id, isExposed, Date.now())
        const from = new Date(day.fromMs).toISOString()
        return c.json({ stepMs: day.stepMs, from, flags: Object.fromEntries(day.flags) }, 200)
      },
    )
}
