import { OpenAPIHono, z } from '@hono/zod-openapi'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Deps } from '../deps.ts'
import { apiRoute } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { findProject } from '../projects/projects.queries.ts'
import { headOnly, rawResponse, refuseStream } from './stream.routes.ts'

/** `GET /api/v1/projects/:project/events`: tells screens what changed, so that they show it without being asked. */
export function eventRoutes({ store, delivery }: Deps) {
  return new OpenAPIHono<AppEnv>().openapi(
    apiRoute('flags:read', {
      method: 'get',
      path: '/api/v1/projects/{project}/events',
      tags: ['projects'],
      summary: 'Changes as they happen, as server-sent events',
      request: { params: z.object({ project: z.string() }) },
      responses: {
        200: {
          description: 'Events `change` with data `{environment, revision, flags: [key]}`.',
          content: { 'text/event-stream': { schema: z.string() } },
        },
      },
    }),
    async (c) => {
      const { id } = await findProject(store.db, c.req.valid('param').project)
      const response = rawResponse(c)
      if (!response) return headOnly(c)
      const opened = delivery.publisher.openEvents(id, c.var.credential, response)
      return opened === 'open' ? RESPONSE_ALREADY_SENT : refuseStream(c, opened)
    },
  )
}
