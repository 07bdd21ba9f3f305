import { z } from '@hono/zod-openapi'
import { reasonSchema } from '../flags/configuration.schemas.ts'
import { strictObject } from '../http/strict-object.ts'

/** Projects and environments stand in addresses and in people's shells. */
const placeKeySchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'A key has 1 to 63 small letters, digits or dashes and begins with a letter or digit.',
  )
const nameSchema = z.string().trim().min(1, 'Give it a name.').max(200)

export const environmentSummarySchema = z
  .object({
    key: z.string(),
    name: z.string(),
    production: z.boolean(),
    position: z.int(),
    revision: z.int(),
    /** Every change of what is served must say why; a kill and its restore never must. */
    reasonRequired: z.boolean(),
    /** An edit waits for a second person; a kill, its restore and a ramp down never do. */
    approvalRequired: z.boolean(),
  })
  .openapi('EnvironmentSummary')

export const projectSchema = z
  .object({ key: z.string(), name: z.string(), environments: z.array(environmentSummarySchema) })
  .openapi('Project')

export const newProjectSchema = strictObject({ key: placeKeySchema, name: nameSchema, reason: reasonSchema }).openapi(
  'NewProject',
)
export type NewProject = z.infer<typeof newProjectSchema>

export const newEnvironmentSchema = strictObject({
  key: placeKeySchema,
  name: nameSchema,
  production: z.boolean().default(false),
  /** Key of an environment whose configurations are taken over, switched on as they are there; without it all is off. */
  copyFrom: z.string().optional(),
  reason: reasonSchema,
}).openapi('NewEnvironment')
export type NewEnvironment = z.infer<typeof newEnvironmentSchema>

export const environmentPatchSchema = strictObject({
  name: nameSchema.optional(),
  production: z.boolean().optional(),
  position: z.int().min(0).max(1000).optional(),
  reasonRequired: z.boolean().optional(),
  approvalRequired: z.boolean().optional(),
  reason: reasonSchema,
}).openapi('EnvironmentPatch')
