import { OpenAPIHono, z } from '@hono/zod-openapi'
import { answerSubmitted } from '../change-requests/answer-submitted.ts'
import { changeRequestSchema } from '../change-requests/change-requests.schemas.ts'
import { submitEdit } from '../change-requests/submit-edit.ts'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, mergePatchBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { versionIn } from '../http/if-match.ts'
import { etagOf, toConfiguration } from './configuration.ts'
import { configurationPatchSchema, configurationSchema } from './configuration.schemas.ts'
import { findConfiguration } from './flags.queries.ts'

const tags = ['configurations']
const path = '/api/v1/projects/{project}/flags/{flag}/environments/{environment}' as const
const params = z.object({ project: z.string(), flag: z.string(), environment: z.string() })

export function configurationRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path,
        tags,
        summary: 'What a flag serves in one environment',
        request: { params },
        responses: { 200: jsonAnswer(configurationSchema, 'The configuration; its ETag goes into If-Match.') },
      }),
      async (c) => {
        const found = await findConfiguration(store.db, c.req.valid('param'))
        c.header('ETag', etagOf(found.configuration.version))
        return c.json(toConfiguration(found), 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'patch',
        path,
        tags,
        summary: 'Change it by JSON Merge Patch, lists whole, from the version in If-Match',
        request: {
          params,
          headers: z.object({ 'if-match': z.string().optional() }),
          body: mergePatchBody(configurationPatchSchema),
        },
        responses: {
          200: jsonAnswer(configurationSchema, 'The configuration as it is now.'),
          202: jsonAnswer(changeRequestSchema, 'A second person has to approve it.'),
        },
      }),
      async (c) => {
        const { reason, ...patch } = c.req.valid('json')
        const edit = { ...c.req.valid('param'), patch, version: versionIn(c.req.header('if-match')) }
        return answerSubmitted(c, edit.project, await submitEdit(store.db, edit, actingIn(c, reason)))
      },
    )
}
