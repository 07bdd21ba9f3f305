import { z } from '@hono/zod-openapi'
import {
  ATTRIBUTE_OPERATORS,
  type IndividualTarget,
  type Prerequisite,
  ROLLOUT_HASHINGS,
  type Rule,
  type Serve,
  WEIGHT_SCALE,
} from '@rampart/evaluation'
import { strictObject } from '../http/strict-object.ts'
import { RAMP_STATES } from '../ramps/ramp-states.ts'

const weightMessage = `A weight is an integer from 0 to ${WEIGHT_SCALE}: 25 % is 25000.`
export const weightSchema = z.int(weightMessage).min(0, weightMessage).max(WEIGHT_SCALE, weightMessage)

export const variantNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'A variant is named with 1 to 64 letters, digits, dots, dashes or underscores, the first one a letter or digit.',
  )

const splitSchema = z
  .array(strictObject({ variant: z.string(), weight: weightSchema }))
  .min(1)
  .max(100)
const attributeSchema = z.string().min(1, 'Name an attribute.').max(200)

const rolloutShape = {
  bucketBy: attributeSchema.optional(),
  salt: z.string().min(1).max(200).optional(),
  weight: weightSchema,
  split: splitSchema,
  control: z.string().optional(),
  hashing: z.enum(ROLLOUT_HASHINGS, { error: `Known hashings are: ${ROLLOUT_HASHINGS.join(', ')}.` }).optional(),
  otherwise: z.enum(['control', 'next']).optional(),
}
export const rolloutSchema = strictObject(rolloutShape).openapi('Rollout')

export const serveSchema = strictObject({ variant: z.string().optional(), rollout: rolloutSchema.optional() })
  .refine((serve) => (serve.variant === undefined) !== (serve.rollout === undefined), {
    message: 'Serve either one variant or a rollout. To change from one to the other send null for the one that goes.',
  })
  .openapi('Serve')

const OPERATORS = [...ATTRIBUTE_OPERATORS, 'segment'] as const
export const conditionSchema = strictObject({
  op: z.enum(OPERATORS, { error: `This operator is not known. Known are: ${OPERATORS.join(', ')}.` }),
  attribute: attributeSchema.optional(),
  values: z.array(z.unknown()).max(10_000),
  negate: z.boolean().optional(),
  ignoreCase: z.boolean().optional(),
})
  .refine((condition) => condition.op === 'segment' || condition.attribute !== undefined, {
    message: 'Say which attribute is tested.',
    path: ['attribute'],
  })
  .openapi('Condition')

const ruleShape = {
  description: z.string().max(500).optional(),
  conditions: z.array(conditionSchema).max(100),
  serve: serveSchema,
}
const ruleIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'An id has 1 to 64 letters, digits, dots, dashes or underscores.')
export const ruleInputSchema = strictObject({ id: ruleIdSchema.optional(), ...ruleShape }).openapi('RuleInput')
export const ruleSchema = strictObject({ id: ruleIdSchema, ...ruleShape }).openapi('Rule')

export const targetSchema = strictObject({
  variant: z.string(),
  keys: z.array(z.string().min(1, 'A targeting key cannot be empty.').max(1000)).max(10_000),
}).openapi('IndividualTarget')

export const prerequisiteSchema = strictObject({
  flag: z.string(),
  variants: z.array(z.string()).min(1, 'Name the variants that are wanted.').max(100),
}).openapi('Prerequisite')

/** The part of a configuration that people edit, complete. */
export const editableSchema = strictObject({
  on: z.boolean(),
  offVariant: z.string(),
  prerequisites: z.array(prerequisiteSchema).max(20),
  targets: z.array(targetSchema).max(100),
  rules: z.array(ruleInputSchema),
  defaultServe: serveSchema,
})

/** The same, as the wire types say it. */
export interface Editable {
  on: boolean
  offVariant: string
  prerequisites: Prerequisite[]
  targets: IndividualTarget[]
  rules: Rule[]
  defaultServe: Serve
}

export const reasonSchema = z.string().trim().max(1000).optional()

/** JSON Merge Patch of the editable part: lists whole, `defaultServe` field by field, null takes a field away. */
export const configurationPatchSchema = strictObject({
  on: z.boolean().optional(),
  offVariant: z.string().optional(),
  prerequisites: z.array(prerequisiteSchema).max(20).optional(),
  targets: z.array(targetSchema).max(100).optional(),
  rules: z.array(ruleInputSchema).optional(),
  defaultServe: strictObject({
    variant: z.string().nullish(),
    rollout: strictObject({
      bucketBy: rolloutShape.bucketBy.nullable(),
      salt: rolloutShape.salt.nullable(),
      weight: weightSchema.optional(),
      split: splitSchema.optional(),
      control: rolloutShape.control.nullable(),
      hashing: rolloutShape.hashing.nullable(),
      otherwise: rolloutShape.otherwise.nullable(),
    }).nullish(),
  }).optional(),
  reason: reasonSchema,
}).openapi('ConfigurationPatch')
export type ConfigurationPatch = z.infer<typeof configurationPatchSchema>

export const killStateSchema = z.object({
  killed: z.boolean(),
  at: z.iso.datetime().nullable(),
  by: z.string().nullable(),
  reason: z.string().nullable(),
  /** Environment revision of the last kill or restore; 0 for never. */
  revision: z.int(),
})

export const configurationSchema = z
  .object({
    ...editableSchema.shape,
    rules: z.array(ruleSchema),
    version: z.int(),
    allocation: z.int(),
    revision: z.int(),
    updatedAt: z.iso.datetime(),
    updatedBy: z.string(),
    state: z.enum(['killed', 'held', 'ramping', 'off', 'dark', 'on']),
    share: weightSchema,
    kill: killStateSchema,
    /** State of the ramp that is not over. */
    ramp: z.enum(RAMP_STATES).nullable(),
  })
  .openapi('Configuration')

export const killDeliverySchema = z
  .object({
    streams: z.int(),
    sent: z.int(),
    sentMs: z.int().nullable(),
    confirmed: z.int(),
    confirmedMs: z.int().nullable(),
    lagging: z.array(z.object({ instance: z.string(), sdk: z.string(), reason: z.string() })),
    unconfirmable: z.int(),
    silent: z.array(z.object({ replica: z.string(), streams: z.int(), seenS: z.int() })),
  })
  .openapi('KillDelivery')
export type KillDelivery = z.infer<typeof killDeliverySchema>

export const killAnswerSchema = killStateSchema
  .extend({ changed: z.boolean(), delivery: killDeliverySchema })
  .openapi('KillAnswer')
