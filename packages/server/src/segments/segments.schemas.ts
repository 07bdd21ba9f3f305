import { z } from '@hono/zod-openapi'
import { conditionSchema, reasonSchema } from '../flags/configuration.schemas.ts'
import { flagKeySchema } from '../flags/flags.schemas.ts'
import { LIMITS } from '../flags/limits.ts'
import { strictObject } from '../http/strict-object.ts'

const targetingKeySchema = z.string().min(1, 'A targeting key cannot be empty.').max(1000)
/** The named limit is checked by the command, with the number that is there; this only bounds what is read. */
const keysSchema = z.array(targetingKeySchema).max(LIMITS.SEGMENT_KEYS * 2)

const shape = {
  name: z.string().trim().max(200),
  description: z.string().max(10_000),
  included: keysSchema,
  excluded: keysSchema,
  rules: z.array(z.array(conditionSchema).max(100)).max(100),
}

export const newSegmentSchema = strictObject({
  key: flagKeySchema,
  name: shape.name.default(''),
  description: shape.description.default(''),
  included: shape.included.default([]),
  excluded: shape.excluded.default([]),
  rules: shape.rules.default([]),
  reason: reasonSchema,
}).openapi('NewSegment')
export type NewSegment = z.infer<typeof newSegmentSchema>

export const segmentPatchSchema = strictObject({
  ...strictObject(shape).partial().shape,
  reason: reasonSchema,
}).openapi('SegmentPatch')
export type SegmentPatch = z.infer<typeof segmentPatchSchema>

export const segmentKeysSchema = strictObject({
  add: keysSchema.default([]),
  remove: keysSchema.default([]),
  reason: reasonSchema,
}).openapi('SegmentKeys')
export type SegmentKeys = z.infer<typeof segmentKeysSchema>

const facts = {
  key: z.string(),
  name: z.string(),
  description: z.string(),
  version: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  updatedBy: z.string(),
  archivedAt: z.iso.datetime().nullable(),
}

export const segmentSummarySchema = z
  .object({ ...facts, included: z.int(), excluded: z.int(), rules: z.int() })
  .openapi('SegmentSummary')

export const segmentSchema = z
  .object({
    ...facts,
    included: z.array(z.string()),
    excluded: z.array(z.string()),
    rules: z.array(z.array(conditionSchema)),
    /** What names it, and therefore changes with it. */
    usedBy: z.object({
      flags: z.array(z.object({ flag: z.string(), environments: z.array(z.string()) })),
      segments: z.array(z.string()),
    }),
  })
  .openapi('Segment')
