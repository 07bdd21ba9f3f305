import { createRoute, type RouteConfig, z } from '@hono/zod-openapi'
import { type Permission, requirePermission } from '../access/permissions.ts'
import { ERROR_CODES } from './errors.ts'

/** The one shape of every refusal. */
export const errorSchema = z
  .object({
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      details: z.unknown().optional(),
      requestId: z.string(),
    }),
  })
  .openapi('Error')

const refusal = {
  description: 'A refusal; the message says what to do.',
  content: { 'application/json': { schema: errorSchema } },
}

/**
 * A route below /api/v1: with the permission it needs, which is checked before its body is read by a schema, and with
 * the refusal in its contract. The refusal stays out of the TypeScript type: handlers throw it.
 */
export function apiRoute<P extends string, R extends Omit<RouteConfig, 'path'> & { path: P }>(
  permission: Permission,
  config: R,
) {
  const route = {
    ...config,
    security: [{ apiToken: [] }, { session: [] }],
    'x-permission': permission,
    middleware: requirePermission(permission),
    responses: { ...config.responses, default: refusal },
  }
  return createRoute<P, R>(route)
}

/** A JSON answer of a route. */
export function jsonAnswer<S extends z.ZodType>(schema: S, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A JSON body of a route. */
export function jsonBody<S extends z.ZodType>(schema: S) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** The body of a PATCH: JSON Merge Patch, under its own name or simply as JSON. */
export function mergePatchBody<S extends z.ZodType>(schema: S) {
  return { required: true, content: { 'application/json': { schema }, 'application/merge-patch+json': { schema } } }
}
