import { OpenAPIHono, z } from '@hono/zod-openapi'
import { changeRequestSchema } from '../change-requests/change-requests.schemas.ts'
import { answerSubmitted } from '../change-requests/answer-submitted.ts'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { versionIn } from '../http/if-match.ts'
import { strictObject } from '../http/strict-object.ts'
import { etagOf } from './configuration.ts'
import { configurationSchema, editableSchema, reasonSchema, ruleSchema } from './configuration.schemas.ts'
import { restoreVersion } from './restore-version.ts'
import { undoEdit } from './undo-edit.ts'
import { compareVersions, listVersions, readVersion } from './versions.queries.ts'

const tags = ['versions']
const base = '/api/v1/projects/{project}/flags/{flag}/environments/{environment}' as const
const params = z.object({ project: z.string(), flag: z.string(), environment: z.string() })
const versionMessage = 'A version is a whole number from 1.'
const versionSchema = z.coerce.number(versionMessage).int(versionMessage).min(1, versionMessage)
const ofVersion = params.extend({ version: versionSchema })
const limitMessage = 'limit is a whole number from 1 to 200.'
const pageSchema = strictObject({
  before: versionSchema.optional(),
  limit: z.coerce.number(limitMessage).int(limitMessage).min(1, limitMessage).max(200, limitMessage).default(50),
})

const factsSchema = z.object({
  version: z.int(),
  /** Of the entry in the history; the first version has none. */
  entry: z.string().nullable(),
  at: z.iso.datetime().nullable(),
  by: z.string().nullable(),
  via: z.string().nullable(),
  action: z.string().nullable(),
  sentence: z.string(),
  reason: z.string().nullable(),
  approvedBy: z.string().nullable(),
})
const versionAnswerSchema = factsSchema
  .extend({ configuration: z.object({ ...editableSchema.shape, rules: z.array(ruleSchema) }) })
  .openapi('ConfigurationVersion')
const stepSchema = z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })
const comparisonSchema = z
  .object({ from: versionAnswerSchema, to: versionAnswerSchema, will: z.string(), difference: z.array(stepSchema) })
  .openapi('VersionComparison')

export function versionRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: `${base}/versions`,
        tags,
        summary: 'Every version of a configuration, the latest first',
        request: { params, query: pageSchema },
        responses: {
          200: jsonAnswer(
            z.object({ versions: z.array(factsSchema), current: z.int(), next: z.int().nullable() }),
            'One page.',
          ),
        },
      }),
      async (c) => c.json(await listVersions(store.db, c.req.valid('param'), c.req.valid('query')), 200),
    )
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: `${base}/versions/{version}`,
        tags,
        summary: 'A configuration as it was',
        request: { params: ofVersion },
        responses: { 200: jsonAnswer(versionAnswerSchema, 'The version, with who made it and why.') },
      }),
      async (c) => {
        const { version, ...where } = c.req.valid('param')
        return c.json(await readVersion(store.db, where, version), 200)
      },
    )
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: `${base}/versions/{version}/difference`,
        tags,
        summary: 'What lies between this version and another one',
        request: { params: ofVersion, query: strictObject({ to: versionSchema }) },
        responses: { 200: jsonAnswer(comparisonSchema, '`will` says what going from one to the other does.') },
      }),
      async (c) => {
        const { version, ...where } = c.req.valid('param')
        return c.json(await compareVersions(store.db, where, version, c.req.valid('query').to), 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: `${base}/versions/{version}/restore`,
        tags,
        summary: 'Make an earlier version the next one; whether the flag is killed stays as it is',
        request: {
          params: ofVersion,
          headers: z.object({ 'if-match': z.string().optional() }),
          body: jsonBody(strictObject({ reason: reasonSchema })),
        },
        responses: {
          200: jsonAnswer(configurationSchema, 'The configuration as it is now.'),
          202: jsonAnswer(changeRequestSchema, 'A second person has to approve it.'),
        },
      }),
      async (c) => {
        const restore = { ...c.req.valid('param'), from: versionIn(c.req.header('if-match')) }
        const acting = actingIn(c, c.req.valid('json').reason)
        return answerSubmitted(c, restore.project, await restoreVersion(store.db, restore, acting))
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: `${base}/undo`,
        tags,
        summary: 'Take the last edit back, for thirty seconds; needs no version and no second person',
        request: {
          params,
          body: jsonBody(strictObject({ entry: z.uuid('Name the entry of the history.'), reason: reasonSchema })),
        },
        responses: { 200: jsonAnswer(configurationSchema, 'The configuration as it is now.') },
      }),
      async (c) => {
        const { entry, reason } = c.req.valid('json')
        const configuration = await undoEdit(store.db, c.req.valid('param'), entry, actingIn(c, reason))
        c.header('ETag', etagOf(configuration.version))
        return c.json(configuration, 200)
      },
    )
}
