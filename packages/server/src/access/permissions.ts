import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'

/** What a route may demand. Every route below /api/v1 names one. */
export const PERMISSIONS = [
  'flags:read',
  'flags:write',
  'flags:kill',
  'audit:read',
  'exposures:read',
  'markers:write',
  'sdk-keys:read',
  'sdk-keys:write',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** Whoever has an API token is an admin; narrower roles will come as other sets of the same words. */
const ADMIN: ReadonlySet<Permission> = new Set(PERMISSIONS)

/** Refuses those whose role lacks the permission, and everybody who did not authenticate. */
export function requirePermission(permission: Permission): MiddlewareHandler<AppEnv> {
  return async function requirePermission(c, next) {
    if (!c.var.actor) throw new DomainError('UNAUTHENTICATED', 'Sign in, or send an API token.')
    if (!ADMIN.has(permission)) throw new DomainError('FORBIDDEN', `This needs the permission "${permission}".`)
    return next()
  }
}
