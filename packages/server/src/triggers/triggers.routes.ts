import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { strictObject } from '../http/strict-object.ts'
import { createTrigger, revokeTrigger } from './triggers.commands.ts'
import { listTriggers } from './triggers.queries.ts'

const tags = ['triggers']
const path = '/api/v1/projects/{project}/flags/{flag}/environments/{environment}/triggers' as const
const params = z.object({ project: z.string(), flag: z.string(), environment: z.string() })

const daysMessage = 'A trigger lasts 1 to 730 days.'
const newTriggerSchema = strictObject({
  name: z.string().trim().min(1, 'Name it after the alert that will call it.').max(100),
  expiresInDays: z.int(daysMessage).min(1, daysMessage).max(730, daysMessage).default(365),
}).openapi('NewTrigger')

const triggerSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    action: z.literal('kill'),
    prefix: z.string(),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    expiresAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
    lastOutcome: z.string().nullable(),
  })
  .openapi('Trigger')

/** The addresses that alert managers call, made and revoked by people. */
export function triggerRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('triggers:write', {
        method: 'post',
        path,
        tags,
        summary: 'Make an address that kills this flag when an alert fires; it is shown this once',
        request: { params, body: jsonBody(newTriggerSchema) },
        responses: {
          201: jsonAnswer(
            triggerSchema.extend({ path: z.string() }),
            'The trigger, with the path to append to the address of this service.',
          ),
        },
      }),
      async (c) => c.json(await createTrigger(store.db, c.req.valid('param'), c.req.valid('json'), actingIn(c)), 201),
    )
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path,
        tags,
        summary: 'The triggers of a flag, with their last use and without their secrets',
        request: { params },
        responses: { 200: jsonAnswer(z.object({ triggers: z.array(triggerSchema) }), 'Those that are not revoked.') },
      }),
      async (c) => c.json({ triggers: await listTriggers(store.db, c.req.valid('param')) }, 200),
    )
    .openapi(
      apiRoute('triggers:write', {
        method: 'delete',
        path: `${path}/{id}`,
        tags,
        summary: 'Revoke a trigger: it does nothing any more, at once',
        request: { params: params.extend({ id: z.uuid('This is not the id of a trigger.') }) },
        responses: { 204: { description: 'Revoked.' } },
      }),
      async (c) => {
        const { id, ...where } = c.req.valid('param')
        await revokeTrigger(store.db, where, id, actingIn(c))
        return c.body(null, 204)
      },
    )
}
