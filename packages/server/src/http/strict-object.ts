import { z } from '@hono/zod-openapi'

/** An object that refuses fields it does not know and lists those it does: a typo must not be silently ignored. */
export function strictObject<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = `Known here: ${Object.keys(shape).join(', ')}.`
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  })
}
