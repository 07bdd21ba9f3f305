import type { Context, MiddlewareHandler } from 'hono'
import type { AppEnv } from '../http/app-env.ts'
import { DomainError } from '../http/errors.ts'
import { type Grant, type Lack, lackOf, PLACES, type Target } from './roles.ts'

/** What a route may demand. Every route below /api/v1 names one; roles.ts says who has it. */
export const PERMISSIONS = [
  'account:read',
  'account:write',
  'projects:read',
  'projects:write',
  'settings:write',
  'flags:read',
  'flags:create',
  'flags:write',
  'flags:kill',
  'ramps:write',
  'ramps:stop',
  'approvals:write',
  'audit:read',
  'exposures:read',
  'markers:write',
  'sdk-keys:read',
  'sdk-keys:write',
  'triggers:write',
  'tokens:read',
  'tokens:write',
  'members:read',
  'members:write',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/**
 * Refuses those who lack the permission in the project and environment that the path names, and everybody who did not
 * authenticate. A path without an environment is about all of them.
 */
export function requirePermission(permission: Permission): MiddlewareHandler<AppEnv> {
  return async function requirePermission(c, next) {
    await refuseUnlessAllowed(c, permission, c.req.param('project'), c.req.param('environment'))
    return next()
  }
}

/**
 * The same for a project and an environment that stand in a query or a body: a route that names a second environment
 * there must ask for it as well. Throws UNAUTHENTICATED, FORBIDDEN, and UNAVAILABLE when it could not be found out.
 */
export async function refuseUnlessAllowed(
  c: Context<AppEnv>,
  permission: Permission,
  project: string | undefined,
  environment?: string | undefined,
): Promise<void> {
  const { grants } = c.var
  if (!grants) throw new DomainError('UNAUTHENTICATED', 'Sign in, or send an API token.')
  // Whoever is signed in may see and change what is their own, also on the way to a first grant.
  if (PLACES[permission].from === 'signed-in') return
  const refused = refusalOf(grants, permission, await c.var.places.target(project, environment))
  if (refused !== undefined) throw new DomainError('FORBIDDEN', refused)
}

/** Why none of these grants will do at a target, in words that say what to ask for; undefined when one does. */
function refusalOf(grants: readonly Grant[], permission: Permission, target: Target): string | undefined {
  if (PLACES[permission].from === 'signed-in') return undefined
  const lacks = grants.map((grant) => lackOf(grant, permission, target))
  return lacks.includes(undefined) ? undefined : refusal(permission, target, lacks as Lack[])
}

/** Every permission that these grants lack at a target, with the very sentence that a request would get. */
export function refusalsAt(grants: readonly Grant[], target: Target): Partial<Record<Permission, string>> {
  return Object.fromEntries(
    PERMISSIONS.flatMap((permission) => {
      const refused = refusalOf(grants, permission, target)
      return refused === undefined ? [] : [[permission, refused]]
    }),
  )
}

/** The nearest miss, in words that say what to ask for. */
function refusal(permission: Permission, { environment }: Target, lacks: Lack[]): string {
  const where = environment ? `"${environment.key}"` : 'the project: it reaches production'
  if (lacks.includes('production')) return `This needs the production right for ${where}. Ask an admin for it.`
  if (lacks.includes('role')) {
    const { from } = PLACES[permission]
    return `This needs the role ${from}${from === 'admin' ? '' : ' or more'}. Ask an admin for it.`
  }
  if (lacks.includes('environment')) return 'This token is for other environments.'
  return 'You have no access to this. Ask an admin of the project.'
}
