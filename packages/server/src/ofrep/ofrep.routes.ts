// The OpenFeature Remote Evaluation Protocol 0.3, so that every OpenFeature SDK in every language works.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { findWithin, refuseForeignPage, requireSdkKey } from '../access/require-sdk-key.ts'
import type { Deps } from '../deps.ts'
import { isCurrentFor } from '../delivery/negotiate.ts'
import { answerFollower, headOnly, rawResponse } from '../delivery/stream.routes.ts'
import { etagOfAnswer } from '../evaluation/answer-etag.ts'
import { userOf } from '../evaluation/context.schemas.ts'
import { evaluatorFor } from '../evaluation/evaluator-for.ts'
import { jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import { EVALUATE_BODY_BYTES, readJsonBody } from '../http/read-json-body.ts'
import { answerFlag, flagNotFound } from './answer-flag.ts'
import { answerOfrepError } from './answer-ofrep-error.ts'
import { ofrepBulkSchema, ofrepFailureSchema, ofrepRequestSchema, ofrepSuccessSchema } from './ofrep.schemas.ts'

const tags = ['ofrep']
const security = [{ sdkKey: [] }]
/** A hidden tab closes its stream after this long. */
const INACTIVITY_S = 120

const single = createRoute({
  method: 'post',
  path: '/ofrep/v1/evaluate/flags/{key}',
  tags,
  security,
  summary: 'Evaluate one flag; counts an exposure',
  request: { params: z.object({ key: z.string() }), body: jsonBody(ofrepRequestSchema) },
  responses: {
    200: jsonAnswer(ofrepSuccessSchema, 'The answer.'),
    400: jsonAnswer(ofrepFailureSchema, 'The caller’s default applies; the code says why.'),
    404: jsonAnswer(ofrepFailureSchema, 'There is no such flag for this key.'),
  },
})

const bulk = createRoute({
  method: 'post',
  path: '/ofrep/v1/evaluate/flags',
  tags,
  security,
  summary: 'Evaluate all flags for one context; counts nothing',
  request: { body: jsonBody(ofrepRequestSchema) },
  responses: {
    200: jsonAnswer(ofrepBulkSchema, 'The answers, and where changes are told.'),
    304: { description: 'If-None-Match names this very answer.' },
  },
})

const stream = createRoute({
  method: 'get',
  path: '/ofrep/v1/stream/{channel}',
  tags,
  summary: 'Tells when to evaluate again; the address authorises by itself',
  request: { params: z.object({ channel: z.string() }) },
  responses: {
    200: {
      description: 'Unnamed events `{"type":"refetchEvaluation"}`.',
      content: { 'text/event-stream': { schema: z.string() } },
    },
  },
})

/** `unknownKeys` limits what strangers may ask. */
export function ofrepRoutes({ delivery, sdkKeys, ofrepExposures }: Deps, unknownKeys: MiddlewareHandler<AppEnv>) {
  const { publisher, metrics } = delivery
  const routes = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new DomainError('INVALID_INPUT', 'Send {"context": {...}} with attributes as JSON.')
    },
  })
  routes.onError(answerOfrepError)
  routes.use('/ofrep/v1/evaluate/*', requireSdkKey(sdkKeys, unknownKeys), readJsonBody(EVALUATE_BODY_BYTES))

  return routes
    .openapi(single, (c) => {
      const { environmentId, kind } = c.get('sdkKey')
      const { key } = c.req.valid('param')
      const evaluator = evaluatorFor(publisher, environmentId)
      c.header('Cache-Control', 'no-store')
      if (!evaluator.isVisible(key, kind === 'client')) return c.json(flagNotFound(key), 404)
      const evaluation = evaluator.evaluate(key, userOf(c.req.valid('json').context))
      const answer = answerFlag(key, evaluation, kind === 'client')
      if ('errorCode' in answer) return c.json(answer, 400)
      ofrepExposures.count(environmentId, key, evaluation)
      return c.json(answer, 200)
    })
    .openapi(bulk, (c) => {
      const { environmentId, kind, channel } = c.get('sdkKey')
      const isClient = kind === 'client'
      const evaluator = evaluatorFor(publisher, environmentId)
      const user = userOf(c.req.valid('json').context)
      const flags = Array.from(evaluator.keys(isClient), (key) =>
        answerFlag(key, evaluator.evaluate(key, user), isClient),
      )
      const etag = etagOfAnswer(JSON.stringify(withoutRevision(flags)))
      c.header('ETag', etag)
      c.header('Cache-Control', 'private, no-cache')
      if (isCurrentFor(c.req.header('if-none-match'), etag)) return notModified(c)
      const endpoint = { requestUri: `/ofrep/v1/stream/${channel}` }
      const eventStreams = [{ type: 'sse' as const, endpoint, inactivityDelaySec: INACTIVITY_S }]
      return c.json({ flags, metadata: { revision: evaluator.revision }, eventStreams }, 200)
    })
    .openapi(stream, async (c) => {
      const { channel } = c.req.valid('param')
      const key = await findWithin(unknownKeys, c, sdkKeys, channel, sdkKeys.findByChannel)
      if (!key) throw new DomainError('UNAUTHENTICATED', 'This address is wrong, or its key is revoked.')
      refuseForeignPage(c, key)
      const response = rawResponse(c)
      if (!response) return headOnly(c)
      const audience = key.kind === 'client' ? 'ofrep-browser' : 'ofrep-server'
      return answerFollower(c, publisher, metrics, audience, key, response)
    })
}

/** Two answers that differ in nothing but the revision are one answer: a change elsewhere must not wake everybody. */
function withoutRevision(flags: ReturnType<typeof answerFlag>[]) {
  return flags.map((flag) => ('metadata' in flag ? { ...flag, metadata: { ...flag.metadata, revision: 0 } } : flag))
}

function notModified(c: Context<AppEnv>): never {
  // The contract's type knows answers with a body only.
  return c.body(null, 304) as never
}
