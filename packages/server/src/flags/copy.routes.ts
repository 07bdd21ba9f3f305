import { OpenAPIHono, z } from '@hono/zod-openapi'
import { refuseUnlessAllowed } from '../access/permissions.ts'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { versionIn } from '../http/if-match.ts'
import { strictObject } from '../http/strict-object.ts'
import { etagOf } from './configuration.ts'
import { configurationSchema, reasonSchema } from './configuration.schemas.ts'
import { compareEnvironments, copyConfiguration } from './copy-configuration.ts'

const tags = ['configurations']
const path = '/api/v1/projects/{project}/flags/{flag}/environments/{environment}' as const
const params = z.object({ project: z.string(), flag: z.string(), environment: z.string() })
const fromSchema = z.string().min(1, 'Name the environment to copy from.')

const comparisonSchema = z
  .object({
    from: z.string(),
    /** Of the configuration that a copy would change: goes into If-Match. */
    etag: z.string(),
    sentence: z.string(),
    /** `yours` is what a copy brings, `current` what is there now. */
    difference: z.array(z.object({ path: z.string(), yours: z.unknown(), current: z.unknown() })),
  })
  .openapi('EnvironmentComparison')

export function copyRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: `${path}/difference`,
        tags,
        summary: 'What copying the configuration of another environment would change',
        request: { params, query: strictObject({ from: fromSchema }) },
        responses: { 200: jsonAnswer(comparisonSchema, 'The sentence of the change and its fields.') },
      }),
      async (c) => {
        const place = { ...c.req.valid('param'), from: c.req.valid('query').from }
        await refuseUnlessAllowed(c, 'flags:read', place.project, place.from)
        return c.json(await compareEnvironments(store.db, place), 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: `${path}/copy`,
        tags,
        summary: 'Serve what another environment serves, from the version in If-Match',
        request: {
          params,
          headers: z.object({ 'if-match': z.string().optional() }),
          body: jsonBody(strictObject({ from: fromSchema, reason: reasonSchema })),
        },
        responses: { 200: jsonAnswer(configurationSchema, 'The configuration as it is now.') },
      }),
      async (c) => {
        const { from, reason } = c.req.valid('json')
        const place = { ...c.req.valid('param'), from }
        await refuseUnlessAllowed(c, 'flags:read', place.project, from)
        const version = versionIn(c.req.header('if-match'))
        const configuration = await copyConfiguration(store.db, { ...place, version }, actingIn(c, reason))
        c.header('ETag', etagOf(configuration.version))
        return c.json(configuration, 200)
      },
    )
}
