import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { ERROR_CODES } from '../http/errors.ts'
import { strictObject } from '../http/strict-object.ts'
import { archiveMany, tagMany } from './change-many.ts'
import { reasonSchema } from './configuration.schemas.ts'
import { tagsSchema } from './flags.schemas.ts'

const tags = ['flags']
const params = z.object({ project: z.string() })
const keys = z.array(z.string()).min(1, 'Name the flags.').max(500, 'At most 500 flags at a time.')

const outcomesSchema = z.object({
  outcomes: z.array(
    z.union([
      z.object({ flag: z.string(), ok: z.literal(true) }),
      z.object({ flag: z.string(), ok: z.literal(false), code: z.enum(ERROR_CODES), message: z.string() }),
    ]),
  ),
})
const responses = {
  200: jsonAnswer(outcomesSchema, 'What became of each flag; a refusal of one changes nothing for others.'),
}

export function bulkRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: '/api/v1/projects/{project}/bulk/archive',
        tags,
        summary: 'Archive many flags',
        request: { params, body: jsonBody(strictObject({ flags: keys, reason: reasonSchema })) },
        responses,
      }),
      async (c) => {
        const { flags, reason } = c.req.valid('json')
        const outcomes = await archiveMany(store.db, c.req.valid('param').project, flags, actingIn(c, reason))
        return c.json({ outcomes }, 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: '/api/v1/projects/{project}/bulk/tags',
        tags,
        summary: 'Add and remove tags of many flags',
        request: {
          params,
          body: jsonBody(
            strictObject({
              flags: keys,
              add: tagsSchema.default([]),
              remove: tagsSchema.default([]),
              reason: reasonSchema,
            }),
          ),
        },
        responses,
      }),
      async (c) => {
        const { flags, add, remove, reason } = c.req.valid('json')
        const change = { add, remove }
        const outcomes = await tagMany(store.db, c.req.valid('param').project, flags, change, actingIn(c, reason))
        return c.json({ outcomes }, 200)
      },
    )
}
