import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import { refuseInvalidInput } from '../http/refuse-invalid-input.ts'
import { strictObject } from '../http/strict-object.ts'
import type { Receipts } from './receipts.ts'
import { readSdkClient } from './sdk-client.ts'

const receiptsSchema = strictObject({
  instance: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'The id of this SDK process: at most 64 letters, digits, . _ : -'),
  receipts: z
    .array(strictObject({ flag: z.string().min(1).max(128), revision: z.int().positive() }))
    .min(1)
    .max(1000),
})

const takenSchema = z.object({ received: z.int() })

/** `POST /sdk/v1/receipts`: SDKs say that they serve a kill. */
export function receiptRoutes(receipts: Receipts) {
  return new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalidInput }).openapi(
    createRoute({
      method: 'post',
      path: '/sdk/v1/receipts',
      tags: ['sdk'],
      summary: 'Confirm kills and restores',
      security: [{ sdkKey: [] }],
      request: { body: jsonBody(receiptsSchema) },
      responses: { 202: jsonAnswer(takenSchema, 'Noted; counted within a tenth of a second.') },
    }),
    (c) => {
      const body = c.req.valid('json')
      const { name, sdk } = readSdkClient(c)
      const { environmentId } = c.var.sdkKey
      const taken = receipts.receive(
        body.receipts.map((receipt) => ({ ...receipt, environmentId, instance: body.instance, name, sdk })),
      )
      // Thousands of clients answer at once: their connections must not stay open beside their streams.
      c.header('Connection', 'close')
      if (!taken) throw new DomainError('UNAVAILABLE', 'Too many receipts wait already. Send this one again.')
      return c.json({ received: body.receipts.length }, 202)
    },
  )
}
