import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { strictObject } from '../http/strict-object.ts'
import { findEnvironment, findProject } from '../projects/projects.queries.ts'
import { createMarker } from './create-marker.ts'
import { listMarkers } from './markers.queries.ts'
import { markerSchema, newMarkerSchema, spanOf, spanSchema } from './markers.schemas.ts'

const tags = ['markers']
const path = '/api/v1/projects/{project}/markers' as const
const params = z.object({ project: z.string() })

export function markerRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('markers:write', {
        method: 'post',
        path,
        tags,
        summary: 'Report a deploy: it becomes a vertical line on every graph',
        request: { params, body: jsonBody(newMarkerSchema) },
        responses: { 201: jsonAnswer(markerSchema, 'The marker.') },
      }),
      async (c) => {
        const { project } = c.req.valid('param')
        return c.json(await createMarker(store.db, project, c.req.valid('json'), actingIn(c)), 201)
      },
    )
    .openapi(
      apiRoute('exposures:read', {
        method: 'get',
        path,
        tags,
        summary: 'Deploys and changes in a span of time',
        request: { params, query: strictObject({ ...spanSchema.shape, environment: z.string().optional() }) },
        responses: { 200: jsonAnswer(z.object({ markers: z.array(markerSchema) }), 'Oldest first.') },
      }),
      async (c) => {
        const { project: key } = c.req.valid('param')
        const { environment, ...span } = c.req.valid('query')
        const project = await findProject(store.db, key)
        const environmentId = environment ? (await findEnvironment(store.db, key, environment)).id : undefined
        return c.json(
          { markers: await listMarkers(store.db, { projectId: project.id, environmentId, ...spanOf(span) }) },
          200,
        )
      },
    )
}
