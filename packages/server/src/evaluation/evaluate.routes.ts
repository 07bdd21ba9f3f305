import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { isCurrentFor } from '../delivery/negotiate.ts'
import { jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { refuseInvalidInput } from '../http/refuse-invalid-input.ts'
import { strictObject } from '../http/strict-object.ts'
import { etagOfAnswer } from './answer-etag.ts'
import { contextSchema, userOf } from './context.schemas.ts'
import { evaluatorFor } from './evaluator-for.ts'

const answerSchema = z
  .object({
    epoch: z.string(),
    revision: z.int(),
    flags: z.record(
      z.string(),
      z.object({
        value: z.unknown(),
        variant: z.string(),
        reason: z.string(),
        errorCode: z.string().optional(),
        enabled: z
          .boolean()
          .optional()
          .openapi({ description: 'What `isEnabled` says, where the value is no boolean.' }),
        allocation: z.int().openapi({ description: 'To be sent back with the exposures of this flag.' }),
      }),
    ),
  })
  .openapi('EvaluatedFlags')

const route = createRoute({
  method: 'post',
  path: '/sdk/v1/evaluate',
  tags: ['sdk'],
  summary: 'The values of all flags for one context',
  security: [{ sdkKey: [] }],
  request: { body: jsonBody(strictObject({ context: contextSchema.optional() })) },
  responses: {
    200: jsonAnswer(answerSchema, 'Values and variants: no rules, no segments, no other people.'),
    304: { description: 'If-None-Match names this very answer.' },
  },
})

/** `POST /sdk/v1/evaluate`: what a browser may know. A client key gets the flags made visible to browsers. */
export function evaluateRoutes({ delivery }: Deps) {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalidInput }).openapi(route, (c) => {
    const { environmentId, kind } = c.get('sdkKey')
    const evaluator = evaluatorFor(delivery.publisher, environmentId)
    const user = userOf(c.req.valid('json').context)
    const flags: z.infer<typeof answerSchema>['flags'] = {}
    for (const key of evaluator.keys(kind === 'client')) {
      const { value, variant, reason, errorCode, enabled, allocation = 0 } = evaluator.evaluate(key, user)
      // Without a variant the caller's default is the answer, and only the caller has it.
      if (variant === undefined) continue
      const more = { ...(errorCode ? { errorCode } : {}), ...(typeof value === 'boolean' ? {} : { enabled }) }
      flags[key] = { value, variant, reason, ...more, allocation }
    }
    const { epoch, revision } = evaluator
    const etag = etagOfAnswer(JSON.stringify(flags))
    c.header('ETag', etag)
    c.header('Cache-Control', 'private, no-cache')
    if (isCurrentFor(c.req.header('if-none-match'), etag)) return c.body(null, 304) as never
    return c.json({ epoch, revision, flags }, 200)
  })
}
