import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { apiRoute, jsonAnswer } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { findEnvironment } from '../projects/projects.queries.ts'
import { listSdks } from './sdks.queries.ts'

const time = z.iso.datetime()
const sdkSchema = z
  .object({
    instance: z.string(),
    name: z.string(),
    sdk: z.string(),
    version: z.string(),
    language: z.string(),
    state: z.enum(['live', 'behind', 'lost', 'polling']),
    revision: z.int().nullable(),
    reportedAt: time.nullable(),
    lacks: z.int(),
    connectedAt: time.nullable(),
    lostAt: time.nullable(),
    replica: z.string(),
  })
  .openapi('Sdk')

const sdksSchema = z
  .object({
    revision: z.int(),
    sdks: z.array(sdkSchema),
    counts: z.object({
      live: z.int(),
      behind: z.int(),
      lost: z.int(),
      polling: z.int(),
      pages: z.int(),
      ofrep: z.int(),
      anonymous: z.int(),
    }),
    more: z.int(),
    replicas: z.array(
      z.object({ name: z.string(), seenAt: time, revision: z.int().nullable(), isSilent: z.boolean() }),
    ),
  })
  .openapi('Sdks')

/** Who is connected now, over all replicas. */
export function sdkRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>().openapi(
    apiRoute('exposures:read', {
      method: 'get',
      path: '/api/v1/projects/{project}/environments/{environment}/sdks',
      tags: ['sdks'],
      summary: 'The SDKs that are connected, with those that lag first',
      request: { params: z.object({ project: z.string(), environment: z.string() }) },
      responses: { 200: jsonAnswer(sdksSchema, 'Processes of all replicas; those lost in the last 15 minutes too.') },
    }),
    async (c) => {
      const { project, environment: key } = c.req.valid('param')
      const environment = await findEnvironment(store.db, project, key)
      return c.json({ revision: environment.revision, ...(await listSdks(store.db, environment, Date.now())) }, 200)
    },
  )
}
