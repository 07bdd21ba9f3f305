import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { reasonSchema } from '../flags/configuration.schemas.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { strictObject } from '../http/strict-object.ts'
import { findEnvironment } from '../projects/projects.queries.ts'
import { createQaLink } from './create-qa-link.ts'
import { endQaLinks } from './end-qa-links.ts'

const tags = ['qa links']
const ofFlag = '/api/v1/projects/{project}/flags/{flag}/environments/{environment}/qa-links' as const
const ofEnvironment = '/api/v1/projects/{project}/environments/{environment}/qa-links' as const
const params = z.object({ project: z.string(), environment: z.string() })

const ONE_DAY = 86_400
const THIRTY_DAYS = 30 * ONE_DAY

const newLinkSchema = strictObject({
  variant: z.string().min(1, 'Name the variant that the link is to show.'),
  expiresInSeconds: z
    .int()
    .min(60, 'At least a minute: 60.')
    .max(THIRTY_DAYS, 'At most thirty days: 2592000.')
    .default(ONE_DAY),
  reason: reasonSchema,
}).openapi('NewQaLink')

const linkSchema = z
  .object({
    flag: z.string(),
    variant: z.string(),
    environment: z.string(),
    expiresAt: z.iso.datetime(),
    token: z.string(),
  })
  .openapi('QaLink')

export function qaLinkRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: ofFlag,
        tags,
        summary: 'Sign a link that shows one variant to whoever follows it; it is shown this once',
        request: { params: params.extend({ flag: z.string() }), body: jsonBody(newLinkSchema) },
        responses: {
          201: jsonAnswer(linkSchema, 'The token goes behind `?rampart=` in an address of the application.'),
        },
      }),
      async (c) => {
        const { reason, ...link } = c.req.valid('json')
        const input = { ...c.req.valid('param'), ...link }
        return c.json(await createQaLink(store.db, input, actingIn(c, reason)), 201)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'delete',
        path: ofEnvironment,
        tags,
        summary: 'End every QA link of an environment, at once',
        request: { params },
        responses: { 204: { description: 'No link that was made before works any more.' } },
      }),
      async (c) => {
        const { project, environment } = c.req.valid('param')
        await endQaLinks(store.db, await findEnvironment(store.db, project, environment), actingIn(c))
        return c.body(null, 204)
      },
    )
}
