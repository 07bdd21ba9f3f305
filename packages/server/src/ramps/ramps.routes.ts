import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { planRamp } from './plan-ramp.ts'
import { listRamps, readRamp } from './ramps.queries.ts'
import { newRampSchema, rampLineSchema, rampSchema, reasonBodySchema, stepChoiceSchema } from './ramps.schemas.ts'
import {
  acknowledgeRamp,
  advanceRamp,
  approveRamp,
  cancelRamp,
  pauseRamp,
  resumeRamp,
  rollbackRamp,
  startRamp,
} from './steer-ramp.ts'

const tags = ['ramps']
const base = '/api/v1/projects/{project}/flags/{flag}/environments/{environment}/ramp' as const
const params = z.object({ project: z.string(), flag: z.string(), environment: z.string() })
const answer = { 200: jsonAnswer(rampSchema, 'The ramp as it is now.') }

/** Operators may stop a ramp and take it down; whatever sets it going is for those who may change flags. */
type Right = 'ramps:write' | 'ramps:stop'

function verb<V extends string>(right: Right, name: V, summary: string) {
  const request = { params, body: jsonBody(reasonBodySchema) }
  return apiRoute(right, { method: 'post', path: `${base}/${name}`, tags, summary, request, responses: answer })
}

function verbWithStep<V extends string>(right: Right, name: V, summary: string) {
  const request = { params, body: jsonBody(stepChoiceSchema) }
  return apiRoute(right, { method: 'post', path: `${base}/${name}`, tags, summary, request, responses: answer })
}

export function rampRoutes({ store: { db } }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: base,
        tags,
        summary: 'The ramp: plan, state, what comes next and when, what was found, what happened',
        request: { params },
        responses: answer,
      }),
      async (c) => c.json(await readRamp(db, c.req.valid('param')), 200),
    )
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/ramps',
        tags,
        summary: 'Every ramp that is not over, the next to move first',
        request: { params: z.object({ project: z.string() }) },
        responses: { 200: jsonAnswer(z.object({ ramps: z.array(rampLineSchema) }), 'The ramps.') },
      }),
      async (c) => c.json({ ramps: await listRamps(db, c.req.valid('param').project) }, 200),
    )
    .openapi(
      apiRoute('ramps:write', {
        method: 'post',
        path: base,
        tags,
        summary: 'Plan a ramp, or replace the draft; nothing is served differently until it is started',
        request: { params, body: jsonBody(newRampSchema) },
        responses: { 201: jsonAnswer(rampSchema, 'The draft.') },
      }),
      async (c) => {
        const input = c.req.valid('json')
        await planRamp(db, c.req.valid('param'), input, actingIn(c, input.reason))
        return c.json(await readRamp(db, c.req.valid('param')), 201)
      },
    )
    .openapi(verb('ramps:write', 'start', 'Start it: turns the flag on with the first step'), async (c) => {
      await startRamp(db, c.req.valid('param'), actingIn(c, c.req.valid('json').reason))
      return c.json(await readRamp(db, c.req.valid('param')), 200)
    })
    .openapi(verb('ramps:stop', 'pause', 'Hold it where it is'), async (c) => {
      await pauseRamp(db, c.req.valid('param'), actingIn(c, c.req.valid('json').reason))
      return c.json(await readRamp(db, c.req.valid('param')), 200)
    })
    .openapi(verb('ramps:write', 'resume', 'Go on where it was held, with the rest of its soak'), async (c) => {
      await resumeRamp(db, c.req.valid('param'), actingIn(c, c.req.valid('json').reason))
      return c.json(await readRamp(db, c.req.valid('param')), 200)
    })
    .openapi(verbWithStep('ramps:write', 'advance', 'Go to the next step, or a later one, at once'), async (c) => {
      const { reason, ...choice } = c.req.valid('json')
      await advanceRamp(db, c.req.valid('param'), choice, actingIn(c, reason))
      return c.json(await readRamp(db, c.req.valid('param')), 200)
    })
    .openapi(verbWithStep('ramps:write', 'approve', 'Approve a step that needs it'), async (c) => {
      const { reason, ...choice } = c.req.valid('json')
      await approveRamp(db, c.req.valid('param'), choice, actingIn(c, reason))
      return c.json(await readRamp(db, c.req.valid('param')), 200)
    })
    .openapi(verbWithStep('ramps:stop', 'rollback', 'Go back to an earlier step, or to 0 %'), async (c) => {
      const { reason, ...choice } = c.req.valid('json')
      await rollbackRamp(db, c.req.valid('param'), choice, actingIn(c, reason))
      return c.json(await readRamp(db, c.req.valid('param')), 200)
    })
    .openapi(verb('ramps:write', 'acknowledge', 'Say that the roll-back was seen: people may go on'), async (c) => {
      await acknowledgeRamp(db, c.req.valid('param'), actingIn(c, c.req.valid('json').reason))
      return c.json(await readRamp(db, c.req.valid('param')), 200)
    })
    .openapi(verb('ramps:write', 'cancel', 'End it; the share stays where it is'), async (c) => {
      await cancelRamp(db, c.req.valid('param'), actingIn(c, c.req.valid('json').reason))
      return c.json(await readRamp(db, c.req.valid('param')), 200)
    })
}
