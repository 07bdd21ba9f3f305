import { z } from '@hono/zod-openapi'
import { WEIGHT_SCALE } from '@rampart/evaluation'
import { IANAZone } from 'luxon'
import { reasonSchema, weightSchema } from '../flags/configuration.schemas.ts'
import { strictObject } from '../http/strict-object.ts'
import { GATES } from './advance-gates.ts'
import { HOLD_REASONS, PERSON_EVENTS, RAMP_EVENTS, RAMP_STATES } from './ramp-states.ts'
import { WEEKDAYS } from './windows.ts'

const MAX_STEPS = 50
/** Longer than any plan that somebody still remembers. */
const MAX_SOAK_S = 52 * 7 * 24 * 3600

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const soakMessage = `A soak is whole seconds, at most ${MAX_SOAK_S} (52 weeks), or text such as "30s", "10m", "2h", "1d", "1w".`
const secondsSchema = z.int(soakMessage).min(0, soakMessage).max(MAX_SOAK_S, soakMessage)
const soakSchema = z
  .union([secondsSchema, z.string().regex(/^\d{1,8}\s?[smhdw]$/, soakMessage)], soakMessage)
  .transform((soak) =>
    typeof soak === 'number' ? soak : Number.parseInt(soak, 10) * (UNIT_SECONDS[soak.slice(-1)] ?? 1),
  )
  .refine((seconds) => seconds <= MAX_SOAK_S, soakMessage)

const stepMessage = `A step is an integer from 1 to ${WEIGHT_SCALE}: 25 % is 25000.`
const stepInputSchema = strictObject({
  weight: z.int(stepMessage).min(1, stepMessage).max(WEIGHT_SCALE, stepMessage),
  soakSeconds: secondsSchema.optional(),
  soak: soakSchema.optional(),
  approval: z.boolean().default(false),
})
  .refine((step) => step.soak === undefined || step.soakSeconds === undefined, 'Give soakSeconds or soak, not both.')
  .transform(({ weight, soakSeconds, soak, approval }) => ({ weight, soakSeconds: soakSeconds ?? soak ?? 0, approval }))
  .openapi('RampStepInput')

const stepsInputSchema = z
  .array(stepInputSchema)
  .min(1, 'A plan has at least one step.')
  .max(MAX_STEPS, `A plan has at most ${MAX_STEPS} steps.`)
  .superRefine((steps, context) => {
    for (const [at, { weight }] of steps.entries()) {
      const before = steps[at - 1]?.weight ?? 0
      if (weight > before) continue
      context.addIssue({
        code: 'custom',
        path: [at, 'weight'],
        message: 'Each step reaches more people than the one before.',
      })
    }
  })

const clockSchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'A time is written as "09:00"; "24:00" ends a day.')
const windowSchema = strictObject({
  days: z.array(z.enum(WEEKDAYS)).min(1, 'Name the days of the week.').max(7),
  from: clockSchema,
  to: clockSchema,
})
  .refine(
    ({ from, to }) => from !== to,
    'A window that ends when it begins is empty; for whole days say "00:00" to "24:00".',
  )
  .refine(({ from }) => from !== '24:00', 'A day begins at "00:00".')
  .openapi('RampWindow')

const timeZoneSchema = z
  .string()
  .refine((zone) => IANAZone.isValidZone(zone), 'Name a time zone of the IANA list, for example "Europe/Zurich".')
const modeSchema = z.enum(
  ['timed', 'manual'],
  'A ramp is "timed" (it advances by itself) or "manual" (people advance it).',
)
const templateNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'A template is named with 1 to 64 letters, digits, dots, dashes or underscores.',
  )

export const newRampSchema = strictObject({
  steps: stepsInputSchema.optional(),
  template: templateNameSchema.optional(),
  mode: modeSchema.optional(),
  rule: z.string().nullish(),
  startAt: z.iso
    .datetime({ offset: true, error: 'A start time is ISO 8601 with its offset: "2027-03-01T09:00:00+01:00".' })
    .nullish(),
  timeZone: timeZoneSchema.nullish(),
  windows: z.array(windowSchema).max(14).optional(),
  reason: reasonSchema,
}).openapi('NewRamp')
export type NewRamp = z.infer<typeof newRampSchema>

export const reasonBodySchema = strictObject({ reason: reasonSchema })
/** Which step: its index in the plan, or its share. */
export const stepChoiceSchema = strictObject({
  step: z
    .int()
    .min(0)
    .max(MAX_STEPS - 1)
    .optional(),
  weight: weightSchema.optional(),
  reason: reasonSchema,
})

const timeSchema = z.iso.datetime()
const stateSchema = z.enum(RAMP_STATES)
const holdReasonSchema = z.enum(HOLD_REASONS).nullable()

const gateFindingSchema = z.object({
  gate: z.enum(GATES),
  passed: z.boolean(),
  opensAt: timeSchema.nullable(),
  sentence: z.string(),
})

const nextMoveSchema = z.object({
  does: z.enum(['step', 'complete', 'nothing']),
  step: z.int().nullable(),
  weight: weightSchema.nullable(),
  at: timeSchema.nullable(),
  waitsFor: z.enum(GATES).nullable(),
  sentence: z.string(),
})

/** What a line of a list says about a ramp. */
export const rampBriefSchema = z
  .object({
    state: stateSchema,
    holdReason: holdReasonSchema,
    step: z.int(),
    stepCount: z.int(),
    weight: weightSchema,
    next: nextMoveSchema,
  })
  .openapi('RampBrief')

const planSchema = z.object({
  mode: modeSchema,
  template: z.string().nullable(),
  startAt: timeSchema.nullable(),
  timeZone: z.string().nullable(),
  windows: z.array(windowSchema),
  steps: z.array(z.object({ weight: weightSchema, soakSeconds: z.int(), approval: z.boolean() })),
})

const rampStepSchema = z.object({
  weight: weightSchema,
  soakSeconds: z.int(),
  approval: z.boolean(),
  /** `done`, `here`, or `ahead`. */
  status: z.enum(['done', 'here', 'ahead']),
  reachedAt: timeSchema.nullable(),
  approvedBy: z.string().nullable(),
})

export const rampSchema = rampBriefSchema
  .extend({
    id: z.string(),
    flag: z.string(),
    environment: z.string(),
    rule: z.string().nullable(),
    holdNote: z.string().nullable(),
    plan: planSchema,
    steps: z.array(rampStepSchema),
    soakEndsAt: timeSchema.nullable(),
    /** What the gates before the next step find now. */
    evidence: z.array(gateFindingSchema),
    /** What a person can do now, by the table of docs/ramps.md. */
    can: z.array(z.enum(PERSON_EVENTS)),
    history: z.array(
      z.object({
        seq: z.int(),
        at: timeSchema,
        event: z.enum([...PERSON_EVENTS, ...RAMP_EVENTS]),
        state: stateSchema,
        step: z.int(),
        weight: weightSchema,
        by: z.string(),
        sentence: z.string(),
        reason: z.string().nullable(),
        evidence: z.array(gateFindingSchema),
      }),
    ),
    createdAt: timeSchema,
    createdBy: z.string(),
    startedAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
  })
  .openapi('Ramp')

export const rampLineSchema = rampBriefSchema
  .extend({ flag: z.string(), environment: z.string(), rule: z.string().nullable(), startedAt: timeSchema.nullable() })
  .openapi('RampLine')

export const newTemplateSchema = strictObject({
  steps: stepsInputSchema,
  description: z.string().trim().max(500).default(''),
  mode: modeSchema.default('timed'),
  timeZone: timeZoneSchema.nullable().default(null),
  windows: z.array(windowSchema).max(14).default([]),
})
  .refine(({ windows, timeZone }) => windows.length === 0 || timeZone !== null, {
    path: ['timeZone'],
    message: 'Windows are hours on a clock: say in which time zone, for example "Europe/Zurich".',
  })
  .openapi('NewRampTemplate')
export type NewTemplate = z.infer<typeof newTemplateSchema>

export const templateSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    builtIn: z.boolean(),
    plan: planSchema.omit({ startAt: true, template: true }),
  })
  .openapi('RampTemplate')
export { templateNameSchema }
