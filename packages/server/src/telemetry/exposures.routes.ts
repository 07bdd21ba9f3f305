import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { FlagDocument } from '@rampart/evaluation'
import type { Deps } from '../deps.ts'
import { findFlag } from '../flags/flags.queries.ts'
import { apiRoute, jsonAnswer } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { invalidInput } from '../http/errors.ts'
import { refuseInvalidInput } from '../http/refuse-invalid-input.ts'
import { listMarkers } from '../markers/markers.queries.ts'
import { markerSchema, spanOf, spanSchema } from '../markers/markers.schemas.ts'
import { findEnvironment } from '../projects/projects.queries.ts'
import { cutIntoSteps, MAX_SPAN_MS } from './exposure-steps.ts'
import { readDay, readSeries } from './exposures.queries.ts'

const exposuresSchema = z
  .object({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    stepMs: z.int(),
    series: z.array(z.object({ variant: z.string(), counts: z.array(z.number()) })),
    total: z.number(),
    markers: z.array(markerSchema),
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
          query: spanSchema,
        },
        responses: { 200: jsonAnswer(exposuresSchema, 'One number per step and variant, zeros included.') },
      }),
      async (c) => {
        const params = c.req.valid('param')
        const { from, to } = checkSpan(spanOf(c.req.valid('query')))
        const environment = await findEnvironment(store.db, params.project, params.environment)
        const flag = await findFlag(store.db, params.project, params.flag)
        const steps = cutIntoSteps(from.getTime(), to.getTime())
        const span = { from: new Date(steps.fromMs), to: new Date(steps.fromMs + steps.count * steps.stepMs) }
        const variants = flag.variants.map((variant) => variant.name)
        const [series, markers] = await Promise.all([
          readSeries(store.db, environment.id, flag.key, variants, steps),
          listMarkers(store.db, {
            projectId: environment.projectId,
            environmentId: environment.id,
            flagId: flag.id,
            ...span,
          }),
        ])
        const total = series.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0)
        const answer = { from: span.from.toISOString(), to: span.to.toISOString(), stepMs: steps.stepMs }
        return c.json({ ...answer, series, total, markers }, 200)
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

function checkSpan(span: { from: Date; to: Date }): { from: Date; to: Date } {
  const lengthMs = span.to.getTime() - span.from.getTime()
  if (lengthMs <= 0) throw invalidInput([{ path: 'to', message: 'The end must lie after the beginning.' }])
  if (lengthMs > MAX_SPAN_MS) throw invalidInput([{ path: 'from', message: 'Ask for at most 400 days at once.' }])
  return span
}

/** Variants of people who are not in anything: the off variant, and the controls of rollouts. */
function baseVariants(flag: FlagDocument | undefined): Set<string> {
  if (!flag) return new Set()
  const serves = [flag.defaultServe, ...flag.rules.map((rule) => rule.serve)]
  return new Set([flag.offVariant, ...serves.map((serve) => serve.rollout?.control ?? flag.offVariant)])
}
