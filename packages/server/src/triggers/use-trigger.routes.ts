import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { hashSecret, SECRET_PREFIX } from '../access/secrets.ts'
import type { Deps } from '../deps.ts'
import { jsonAnswer } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import { ALERT_BODY_BYTES, readJsonBody } from '../http/read-json-body.ts'
import { createUseLimits } from './limit-uses.ts'
import { readAlert } from './read-alert.ts'
import { findTrigger } from './triggers.queries.ts'
import { type FoundTrigger, useTrigger } from './use-trigger.ts'

const SECRET = new RegExp(`^${SECRET_PREFIX.trigger}[A-Za-z0-9_-]{43}$`)

const outcomeSchema = z
  .object({
    flag: z.string(),
    environment: z.string(),
    killed: z.boolean().nullable(),
    changed: z.boolean(),
    outcome: z.string(),
  })
  .openapi('TriggerOutcome')

const route = createRoute({
  method: 'post',
  path: '/triggers/v1/{secret}',
  tags: ['triggers'],
  summary: 'An alert manager reports: a firing alert kills the flag of this trigger, an ended one does nothing',
  description: 'The secret in the path is the credential. Alertmanager, Grafana, PagerDuty, or `{"reason": "..."}`.',
  security: [],
  request: { params: z.object({ secret: z.string() }) },
  responses: { 200: jsonAnswer(outcomeSchema, 'What was done.') },
})

type Env = AppEnv & { Variables: { trigger: FoundTrigger } }

/**
 * `POST /triggers/v1/:secret`, outside of /api: alert managers can rarely send a header of ours. The secret opens one
 * flag in one environment, for a kill alone; what it can do at worst is what it is for.
 */
export function useTriggerRoutes({ store, log, preparation }: Deps) {
  const limits = createUseLimits()
  const routes = new OpenAPIHono<Env>()

  // The secret before the body: strangers cost a look-up and no memory.
  routes.use('/triggers/v1/:secret', async (c, next) => {
    c.header('Cache-Control', 'no-store')
    const trigger = await find(c.req.param('secret') ?? '')
    // One message for all: an address says nothing about itself to strangers.
    if (!trigger)
      throw new DomainError('NOT_FOUND', 'There is no such trigger. It may have been revoked or have expired.')
    limits.use(trigger.id)
    c.set('trigger', trigger)
    return next()
  })

  async function find(secret: string): Promise<FoundTrigger | undefined> {
    if (!SECRET.test(secret)) return undefined
    if (preparation.problem() !== undefined) throw notApplied(preparation.problem())
    limits.lookUp()
    return findTrigger(store.killDb, hashSecret(secret)).catch((cause: unknown) => {
      throw notApplied(cause)
    })
  }

  routes.use('/triggers/v1/:secret', readJsonBody(ALERT_BODY_BYTES))
  return routes.openapi(route, async (c) => {
    const text = await c.req.text()
    const alert = readAlert(text === '' ? {} : JSON.parse(text))
    return c.json(await useTrigger(store.killDb, log, c.get('trigger'), alert, c.get('requestId')), 200)
  })
}

/** 503: alert managers then try again. */
function notApplied(cause: unknown): DomainError {
  return new DomainError('UNAVAILABLE', 'NOT applied: the database does not answer. Send it again.', { cause })
}
