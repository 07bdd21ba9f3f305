import { z } from '@hono/zod-openapi'
import { strictObject } from '../http/strict-object.ts'
import { invalidInput } from '../http/errors.ts'
import { spanOf, spanSchema } from '../markers/markers.schemas.ts'
import { cutIntoSteps, MAX_SPAN_MS, type Steps } from './exposure-steps.ts'

/** What a graph shows: a span, and of which SDK. */
export const graphQuerySchema = strictObject({
  ...spanSchema.shape,
  sdk: z
    .string()
    .max(260)
    .optional()
    .openapi({ description: 'Only what this SDK counted, for example `rampart-node/0.1.0`.' }),
})

/** The span of a query cut into steps. Throws INVALID_INPUT. */
export function stepsOf(query: z.infer<typeof graphQuerySchema>, nowMs: number): Steps {
  const { from, to } = spanOf(query)
  const lengthMs = to.getTime() - from.getTime()
  if (lengthMs <= 0) throw invalidInput([{ path: 'to', message: 'The end must lie after the beginning.' }])
  if (lengthMs > MAX_SPAN_MS) throw invalidInput([{ path: 'from', message: 'Ask for at most 400 days at once.' }])
  return cutIntoSteps(from.getTime(), to.getTime(), nowMs)
}

/** Where the steps begin and end, as answers say it. */
export function spanOfSteps({ fromMs, stepMs, count }: Steps): { from: string; to: string; stepMs: number } {
  return { from: new Date(fromMs).toISOString(), to: new Date(fromMs + count * stepMs).toISOString(), stepMs }
}
