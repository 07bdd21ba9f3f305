import { OpenAPIHono, z } from '@hono/zod-openapi'
import { answeredWithin } from '../answered-within.ts'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { strictObject } from '../http/strict-object.ts'
import { type KillDelivery, killAnswerSchema, reasonSchema } from './configuration.schemas.ts'
import { type KillOutcome, readKilled, setKilled } from './kill-flag.ts'

/** What counting may add to the answer of a kill. */
const COUNTING_MS = 300
const NOTHING_COUNTED: KillDelivery = {
  streams: 0,
  sent: 0,
  sentMs: null,
  confirmed: 0,
  confirmedMs: null,
  lagging: [],
  unconfirmable: 0,
  silent: [],
}

const tags = ['kill']
const base = '/api/v1/projects/{project}/flags/{flag}/environments/{environment}' as const
const params = z.object({ project: z.string(), flag: z.string(), environment: z.string() })
const request = { params, body: jsonBody(strictObject({ reason: reasonSchema })) }
const responses = { 200: jsonAnswer(killAnswerSchema, 'What holds now, and how far it has come.') }

export function killRoutes({ store, delivery, log }: Deps) {
  /** The kill is committed: counting how far it has come must never hold up the word of that. */
  async function answer({ environmentId, ...outcome }: KillOutcome) {
    try {
      const counted = delivery.killDelivery(environmentId, outcome.revision)
      return { ...outcome, delivery: await answeredWithin(COUNTING_MS, counted) }
    } catch (error) {
      log.warn({ err: error }, 'the delivery of a kill could not be counted')
      return { ...outcome, delivery: NOTHING_COUNTED }
    }
  }

  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('flags:kill', {
        method: 'post',
        path: `${base}/kill`,
        tags,
        summary: 'Everybody gets the off variant, at once',
        request,
        responses,
      }),
      async (c) => {
        const acting = actingIn(c, c.req.valid('json').reason)
        return c.json(await answer(await setKilled(store.killDb, c.req.valid('param'), true, acting)), 200)
      },
    )
    .openapi(
      apiRoute('flags:kill', {
        method: 'post',
        path: `${base}/restore`,
        tags,
        summary: 'Take a kill back: the configuration is served again as it stands',
        request,
        responses,
      }),
      async (c) => {
        const acting = actingIn(c, c.req.valid('json').reason)
        return c.json(await answer(await setKilled(store.killDb, c.req.valid('param'), false, acting)), 200)
      },
    )
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: `${base}/kill`,
        tags,
        summary: 'How far the last kill or restore has come',
        request: { params },
        responses,
      }),
      async (c) => c.json(await answer(await readKilled(store.db, c.req.valid('param'))), 200),
    )
}
