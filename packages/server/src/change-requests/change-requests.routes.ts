import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Deps } from '../deps.ts'
import { reasonSchema } from '../flags/configuration.schemas.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody, mergePatchBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { versionIn } from '../http/if-match.ts'
import { strictObject } from '../http/strict-object.ts'
import { requestEtag } from './change-request.ts'
import { listRequests, readRequest } from './change-requests.queries.ts'
import { changeRequestSchema, requestEditSchema, requestsQuerySchema } from './change-requests.schemas.ts'
import { applyApproved, approveRequest, closeRequest, editRequest } from './decide-request.ts'

const tags = ['change requests']
const all = '/api/v1/projects/{project}/environments/{environment}/change-requests' as const
const one = '/api/v1/projects/{project}/environments/{environment}/change-requests/{request}' as const
const ofEnvironment = z.object({ project: z.string(), environment: z.string() })
const ofRequest = ofEnvironment.extend({ request: z.uuid('A change request is named by its id.') })
const headers = z.object({ 'if-match': z.string().optional() })
const withReason = { params: ofRequest, headers, body: jsonBody(strictObject({ reason: reasonSchema })) }
const answer = { 200: jsonAnswer(changeRequestSchema, 'The request; its ETag goes into If-Match.') }

/** Edits that wait for a second person. They are made by an ordinary edit, which is answered with 202. */
export function changeRequestRoutes({ store: { db } }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: all,
        tags,
        summary: 'Edits that wait for a second person, and what became of earlier ones',
        request: { params: ofEnvironment, query: requestsQuerySchema },
        responses: {
          200: jsonAnswer(
            z.object({ changeRequests: z.array(changeRequestSchema), next: z.string().nullable() }),
            'One page, the latest first.',
          ),
        },
      }),
      async (c) => c.json(await listRequests(db, c.req.valid('param'), c.req.valid('query')), 200),
    )
    .openapi(
      apiRoute('audit:read', {
        method: 'get',
        path: one,
        tags,
        summary: 'One of them, with the difference it would make now',
        request: { params: ofRequest },
        responses: answer,
      }),
      async (c) => answerRequest(c, await readRequest(db, c.req.valid('param'))),
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'patch',
        path: one,
        tags,
        summary: 'Write it anew, or bring it up to date; an approval is gone then',
        request: { params: ofRequest, headers, body: mergePatchBody(requestEditSchema) },
        responses: answer,
      }),
      async (c) => {
        const edit = c.req.valid('json')
        const acting = actingIn(c, edit.reason)
        return answerRequest(c, await editRequest(db, c.req.valid('param'), seenVersion(c), edit, acting))
      },
    )
    .openapi(
      apiRoute('approvals:write', {
        method: 'post',
        path: `${one}/approve`,
        tags,
        summary: 'Agree as a second person, and apply it at once unless told otherwise',
        request: {
          params: ofRequest,
          headers,
          body: jsonBody(strictObject({ apply: z.boolean().default(true), reason: reasonSchema })),
        },
        responses: answer,
      }),
      async (c) => {
        const { apply, reason } = c.req.valid('json')
        const where = c.req.valid('param')
        return answerRequest(c, await approveRequest(db, where, seenVersion(c), apply, actingIn(c, reason)))
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: `${one}/apply`,
        tags,
        summary: 'Do what was approved',
        request: withReason,
        responses: answer,
      }),
      async (c) => {
        const acting = actingIn(c, c.req.valid('json').reason)
        return answerRequest(c, await applyApproved(db, c.req.valid('param'), seenVersion(c), acting))
      },
    )
    .openapi(
      apiRoute('approvals:write', {
        method: 'post',
        path: `${one}/reject`,
        tags,
        summary: 'Refuse it, and say why',
        request: withReason,
        responses: answer,
      }),
      async (c) => {
        const acting = actingIn(c, c.req.valid('json').reason)
        return answerRequest(c, await closeRequest(db, c.req.valid('param'), seenVersion(c), 'rejected', acting))
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: `${one}/withdraw`,
        tags,
        summary: 'Take it back',
        request: withReason,
        responses: answer,
      }),
      async (c) => {
        const acting = actingIn(c, c.req.valid('json').reason)
        return answerRequest(c, await closeRequest(db, c.req.valid('param'), seenVersion(c), 'withdrawn', acting))
      },
    )
}

/** The version of the request that whoever decides has seen. */
function seenVersion(c: Context<AppEnv>): number {
  return versionIn(c.req.header('if-match'))
}

function answerRequest(c: Context<AppEnv>, request: Awaited<ReturnType<typeof readRequest>>) {
  c.header('ETag', requestEtag(request.version))
  return c.json(request, 200)
}
