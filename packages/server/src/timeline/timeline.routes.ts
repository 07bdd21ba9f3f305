import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { apiRoute, jsonAnswer } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { readLastChange } from './last-change.ts'
import { readTimeline } from './timeline.queries.ts'
import { lastChangeSchema, timelineQuerySchema, timelineSchema } from './timeline.schemas.ts'

const tags = ['timeline']
const params = z.object({ project: z.string() })

export function timelineRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/timeline',
        tags,
        summary: 'What changed: flags, ramps, kills and deploys as one, newest first, each with its one undo',
        request: { params, query: timelineQuerySchema },
        responses: { 200: jsonAnswer(timelineSchema, 'One page; the last 24 hours unless told otherwise.') },
      }),
      async (c) => c.json(await readTimeline(store.db, c.req.valid('param').project, c.req.valid('query')), 200),
    )
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/undo',
        tags,
        summary: 'Your own last change, for as long as it can be undone, and the request that does it',
        request: { params },
        responses: {
          200: jsonAnswer(z.object({ lastChange: lastChangeSchema.nullable() }), 'Null when there is none.'),
        },
      }),
      async (c) => {
        const { project } = c.req.valid('param')
        return c.json({ lastChange: await readLastChange(store.db, project, c.var.actor) }, 200)
      },
    )
}
