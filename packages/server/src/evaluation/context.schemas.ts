import { z } from '@hono/zod-openapi'
import type { Attributes } from '@rampart/evaluation'

/** Who is evaluated: any attributes. What makes no sense as one matches nothing, so nothing is refused here. */
export const contextSchema = z.record(z.string(), z.unknown()).openapi('EvaluationContext', {
  description: '`targetingKey` (or `key`) and any attributes.',
  example: { targetingKey: 'ann', country: 'CH' },
})

/** The context as the evaluation takes it. */
export function userOf(context: z.infer<typeof contextSchema> | undefined): Attributes {
  return context ?? {}
}
