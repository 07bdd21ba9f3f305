import { z } from '@hono/zod-openapi'
import { strictObject } from '../http/strict-object.ts'
import { rampBriefSchema } from '../ramps/ramps.schemas.ts'
import { configurationSchema, reasonSchema, variantNameSchema } from './configuration.schemas.ts'
import { LIMITS } from './limits.ts'

/** Names that mean something to JavaScript objects: an application that keeps flags in one must not trip over them. */
const RESERVED_KEYS = new Set(['constructor', 'prototype'])

export const flagKeySchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    'A key has 1 to 128 letters, digits, dots, dashes or underscores and begins with a letter or digit.',
  )
  .refine((key) => !RESERVED_KEYS.has(key), 'This word is reserved. Choose another key.')

export const flagTypeSchema = z.enum(['boolean', 'string', 'number', 'object'])
const kindSchema = z.enum(['release', 'ops', 'experiment', 'permission'])

export const tagsSchema = z.array(z.string().trim().min(1).max(50)).max(20)

const metadataShape = {
  name: z.string().trim().max(200),
  description: z.string().max(10_000),
  owner: z.string().trim().max(200),
  tags: tagsSchema,
  kind: kindSchema,
  /** Null for what the kind says, 0 for as long as it is useful. */
  lifetimeDays: z.int().min(0).max(3650).nullable(),
  clientVisible: z.boolean(),
}

const variantInputSchema = strictObject({
  name: variantNameSchema,
  value: z.unknown().refine((value) => value !== undefined, 'Give the variant a value.'),
})

export const newFlagSchema = strictObject({
  key: flagKeySchema,
  type: flagTypeSchema.default('boolean'),
  variants: z.array(variantInputSchema).min(1).max(LIMITS.VARIANTS_PER_FLAG).optional(),
  offVariant: z.string().optional(),
  name: metadataShape.name.default(''),
  description: metadataShape.description.default(''),
  owner: metadataShape.owner.default(''),
  tags: metadataShape.tags.default([]),
  kind: kindSchema.default('release'),
  lifetimeDays: metadataShape.lifetimeDays.default(null),
  clientVisible: z.boolean().default(false),
  salt: z.string().min(1).max(200).optional(),
  reason: reasonSchema,
}).openapi('NewFlag')
export type NewFlag = z.infer<typeof newFlagSchema>

export const flagPatchSchema = strictObject({
  ...strictObject(metadataShape).partial().shape,
  reason: reasonSchema,
}).openapi('FlagPatch')
export type FlagPatch = z.infer<typeof flagPatchSchema>

export const cloneSchema = strictObject({
  key: flagKeySchema,
  name: metadataShape.name.optional(),
  reason: reasonSchema,
}).openapi('FlagClone')
export type FlagClone = z.infer<typeof cloneSchema>

const factsShape = {
  key: z.string(),
  type: flagTypeSchema,
  ...metadataShape,
  /** Days it is expected to live, by its own word or its kind's; null for as long as it is useful. */
  expectedDays: z.int().nullable(),
  createdAt: z.iso.datetime(),
  archivedAt: z.iso.datetime().nullable(),
}

const variantSchema = z.object({ name: z.string(), value: z.unknown() })

export const flagSchema = z
  .object({
    ...factsShape,
    variants: z.array(variantSchema),
    salt: z.string(),
    updatedAt: z.iso.datetime(),
    environments: z.record(z.string(), configurationSchema),
  })
  .openapi('Flag')

const environmentSummarySchema = configurationSchema
  .pick({ state: true, share: true, on: true, version: true, updatedAt: true })
  .extend({
    offVariant: z.string(),
    /** The ramp that is not over. */
    ramp: rampBriefSchema.nullable(),
    killed: z.boolean(),
    killedBy: z.string().nullable(),
    killedReason: z.string().nullable(),
    killedAt: z.iso.datetime().nullable(),
  })

export const flagListQuerySchema = strictObject({
  archived: z.enum(['true', 'false']).optional(),
  include: z.literal('variants').optional(),
  limit: z.coerce
    .number()
    .pipe(z.int().min(1).max(1000))
    .optional()
    .openapi({ description: 'Only the first so many by key: what a screen draws while it asks for all of them.' }),
})

export const flagSummarySchema = z
  .object({
    ...factsShape,
    variants: z.array(variantSchema).optional().openapi({ description: 'With `?include=variants`.' }),
    lastChange: z
      .object({ at: z.iso.datetime(), by: z.string(), sentence: z.string(), environment: z.string().nullable() })
      .nullable(),
    environments: z.record(z.string(), environmentSummarySchema),
  })
  .openapi('FlagSummary')
export type FlagSummary = z.infer<typeof flagSummarySchema>

export const flagKeysSchema = z
  .object({ flags: z.array(z.object({ key: z.string(), name: z.string() })) })
  .openapi('FlagKeys')

export const dependentsSchema = z
  .object({
    dependents: z.array(z.object({ flag: z.string(), environment: z.string(), variants: z.array(z.string()) })),
  })
  .openapi('Dependents')

export const staleFlagsSchema = z
  .object({
    flags: z.array(
      z.object({
        flag: z.string(),
        reason: z.enum(['unused', 'decided', 'abandoned', 'overdue']),
        since: z.iso.datetime(),
        sentence: z.string(),
        lastEvaluatedAt: z.iso.datetime().nullable(),
      }),
    ),
  })
  .openapi('StaleFlags')
