// Our own contract of the protocol. The official document says `oneOf` where several members match, so every answer with
// a value fails it; here it is `anyOf`.
import { z } from '@hono/zod-openapi'
import { contextSchema } from '../evaluation/context.schemas.ts'

/** Unknown fields are left alone: newer clients may send more than this version of the protocol knows. */
export const ofrepRequestSchema = z.looseObject({ context: contextSchema.optional() }).openapi('OfrepRequest')

const metadataSchema = z.record(z.string(), z.union([z.boolean(), z.string(), z.number()]))

export const ofrepSuccessSchema = z
  .object({
    key: z.string(),
    value: z.unknown(),
    variant: z.string(),
    reason: z.enum(['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DISABLED']),
    metadata: metadataSchema,
  })
  .openapi('OfrepSuccess')
export type OfrepSuccess = z.infer<typeof ofrepSuccessSchema>

export const ofrepFailureSchema = z
  .object({
    key: z.string(),
    errorCode: z.enum(['FLAG_NOT_FOUND', 'PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL']),
    errorDetails: z.string(),
  })
  .openapi('OfrepFailure')
export type OfrepFailure = z.infer<typeof ofrepFailureSchema>

export const ofrepBulkSchema = z
  .object({
    flags: z.array(z.union([ofrepSuccessSchema, ofrepFailureSchema])),
    metadata: metadataSchema,
    eventStreams: z.array(
      z.object({
        type: z.literal('sse'),
        endpoint: z.object({ requestUri: z.string() }),
        inactivityDelaySec: z.int(),
      }),
    ),
  })
  .openapi('OfrepBulk')
