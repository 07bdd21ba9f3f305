import { z } from '@hono/zod-openapi'
import { configurationPatchSchema, editableSchema, reasonSchema, ruleSchema } from '../flags/configuration.schemas.ts'
import { strictObject } from '../http/strict-object.ts'

const editableAnswer = z.object({ ...editableSchema.shape, rules: z.array(ruleSchema) })

/** An edit that waits for a second person. `approved` only as long as nothing moved on since somebody approved it. */
export const changeRequestSchema = z
  .object({
    id: z.string(),
    flag: z.string(),
    environment: z.string(),
    state: z.enum(['open', 'approved', 'applied', 'rejected', 'withdrawn']),
    /** What If-Match compares. */
    version: z.int(),
    baseVersion: z.int(),
    currentVersion: z.int(),
    /** The configuration was edited since: the request has to be brought up to date. */
    outdated: z.boolean(),
    sentence: z.string(),
    reason: z.string().nullable(),
    via: z.string(),
    requestedBy: z.string(),
    authors: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
    approvedBy: z.string().nullable(),
    approvedAt: z.iso.datetime().nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: z.iso.datetime().nullable(),
    decisionReason: z.string().nullable(),
    appliedVersion: z.int().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    difference: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })),
    /** While it is open: the configuration as it is, and as the request would make it. */
    before: editableAnswer.nullable(),
    after: editableAnswer.nullable(),
  })
  .openapi('ChangeRequest')

export const requestEditSchema = strictObject({
  baseVersion: z.int('Say which version of the configuration you saw.').min(1),
  patch: configurationPatchSchema.omit({ reason: true }).optional(),
  reason: reasonSchema,
}).openapi('ChangeRequestEdit')

const limitMessage = 'limit is a whole number from 1 to 200.'
export const requestsQuerySchema = strictObject({
  state: z.enum(['open', 'closed']).optional(),
  flag: z.string().optional(),
  before: z.uuid('before is the `next` of the page before.').optional(),
  limit: z.coerce.number(limitMessage).int(limitMessage).min(1, limitMessage).max(200, limitMessage).default(50),
})
