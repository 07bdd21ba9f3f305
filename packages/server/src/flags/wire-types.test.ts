// The wire types are written by hand, the schemas are what the server accepts: here they are held against each other.
// The compiler does it; the test itself only shows that the values go through.
import type { Condition, IndividualTarget, Rollout, Rule, Serve } from '@rampart/evaluation'
import { WEIGHT_SCALE } from '@rampart/evaluation'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { z } from 'zod'
import type {
  conditionSchema,
  Editable,
  editableSchema,
  rolloutSchema,
  serveSchema,
  targetSchema,
} from './configuration.schemas.ts'
import { ruleSchema } from './configuration.schemas.ts'

/** The fields of every member of a union. */
type FieldsOf<T> = T extends unknown ? keyof T : never

describe('schemas and wire types', () => {
  it('have the same fields', () => {
    expectTypeOf<keyof z.infer<typeof rolloutSchema>>().toEqualTypeOf<keyof Rollout>()
    expectTypeOf<keyof z.infer<typeof ruleSchema>>().toEqualTypeOf<keyof Rule>()
    expectTypeOf<keyof z.infer<typeof targetSchema>>().toEqualTypeOf<keyof IndividualTarget>()
    expectTypeOf<keyof z.infer<typeof serveSchema>>().toEqualTypeOf<FieldsOf<Serve>>()
    expectTypeOf<keyof z.infer<typeof conditionSchema>>().toEqualTypeOf<FieldsOf<Condition>>()
    expectTypeOf<keyof z.infer<typeof editableSchema>>().toEqualTypeOf<keyof Editable>()
    expectTypeOf<z.infer<typeof conditionSchema>['op']>().toEqualTypeOf<Condition['op']>()
  })

  it('take every document that the types allow', () => {
    expectTypeOf<Rollout>().toExtend<z.input<typeof rolloutSchema>>()
    expectTypeOf<Serve>().toExtend<z.input<typeof serveSchema>>()
    expectTypeOf<Condition>().toExtend<z.input<typeof conditionSchema>>()
    expectTypeOf<Rule>().toExtend<z.input<typeof ruleSchema>>()
    const rule: Rule = {
      id: 'beta',
      description: 'people of the beta',
      conditions: [{ op: 'in', attribute: 'country', values: ['CH'], negate: true, ignoreCase: true }],
      serve: {
        rollout: {
          bucketBy: 'company',
          salt: 'own',
          weight: 25_000,
          split: [{ variant: 'on', weight: WEIGHT_SCALE }],
          control: 'off',
          hashing: 'unleash',
          otherwise: 'next',
        },
      },
    }
    expect(ruleSchema.parse(rule)).toEqual(rule)
  })
})
