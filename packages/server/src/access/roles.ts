import { DomainError } from '../http/errors.ts'
import type { Permission } from './permissions.ts'

/** Each role may do all that the ones before it may, but for the operator's right to stop things in production. */
export const ROLES = ['viewer', 'operator', 'editor', 'admin'] as const
export type Role = (typeof ROLES)[number]

interface Place {
  /** The least role that has it; `signed-in` is everybody with a credential. */
  from: Role | 'signed-in'
  /**
   * read: changes nothing. record: writes what no user of a flag feels. write: needs the production right wherever it
   * reaches production. stop: makes things safe, so operators and holders of the kill right may do it everywhere.
   */
  kind: 'read' | 'record' | 'write' | 'stop'
}

/** Where each permission stands. A new word without a place does not compile. */
export const PLACES: Readonly<Record<Permission, Place>> = {
  'account:read': { from: 'signed-in', kind: 'read' },
  'account:write': { from: 'signed-in', kind: 'record' },
  'projects:read': { from: 'viewer', kind: 'read' },
  'projects:write': { from: 'admin', kind: 'write' },
  'settings:write': { from: 'admin', kind: 'write' },
  'flags:read': { from: 'viewer', kind: 'read' },
  'flags:create': { from: 'editor', kind: 'record' },
  'flags:write': { from: 'editor', kind: 'write' },
  'flags:kill': { from: 'operator', kind: 'stop' },
  'ramps:write': { from: 'editor', kind: 'write' },
  'ramps:stop': { from: 'operator', kind: 'stop' },
  'approvals:write': { from: 'editor', kind: 'write' },
  'audit:read': { from: 'viewer', kind: 'read' },
  'exposures:read': { from: 'viewer', kind: 'read' },
  'markers:write': { from: 'editor', kind: 'record' },
  'sdk-keys:read': { from: 'viewer', kind: 'read' },
  'sdk-keys:write': { from: 'editor', kind: 'write' },
  'triggers:write': { from: 'editor', kind: 'write' },
  'tokens:read': { from: 'admin', kind: 'read' },
  'tokens:write': { from: 'admin', kind: 'record' },
  'members:read': { from: 'admin', kind: 'read' },
  'members:write': { from: 'admin', kind: 'record' },
}

/** What somebody may do, and where. Persons may have several, a token has one. */
export interface Grant {
  /** Null means every project. */
  projectId: string | null
  /** Null means every environment; otherwise nothing outside of these is written, stopped or read by its path. */
  environmentIds: readonly string[] | null
  role: Role
  /** May use its role's writes in environments that serve real users. */
  production: boolean
  /** May kill, restore, pause and ramp down in every environment, whatever the role. */
  kill: boolean
}

/** What a request is about. `project` null: the installation. `environment` null: the project as a whole. */
export interface Target {
  project: { id: string; environments: readonly TargetEnvironment[] } | null
  environment: TargetEnvironment | null
}

export interface TargetEnvironment {
  id: string
  key: string
  production: boolean
}

/** Why a grant does not do; `undefined` when it does. */
export type Lack = 'project' | 'environment' | 'role' | 'production'

/** What a grant lacks for a permission at a target. A write to a project as a whole reaches all its environments. */
export function lackOf(grant: Grant, permission: Permission, { project, environment }: Target): Lack | undefined {
  const { from, kind } = PLACES[permission]
  if (from === 'signed-in') return undefined
  if (grant.projectId !== null && grant.projectId !== project?.id) {
    // A list over all projects shows each caller what is theirs.
    const isOwnList = project === null && kind === 'read' && from === 'viewer'
    if (!isOwnList) return 'project'
  }
  if (grant.environmentIds !== null) {
    const reaches = environment ? grant.environmentIds.includes(environment.id) : kind === 'read' || kind === 'record'
    if (!reaches) return 'environment'
  }
  if (kind === 'stop' && (grant.kill || grant.role === 'operator')) return undefined
  if (from !== grant.role && ROLES.indexOf(grant.role) < ROLES.indexOf(from)) return 'role'
  if (kind === 'read' || kind === 'record' || grant.production) return undefined
  const touched = environment ? [environment] : project?.environments
  return touched === undefined || touched.some(({ production }) => production) ? 'production' : undefined
}

/** A grant in words for the history: "editor of this project, with production". */
export function describeGrant({ projectId, role, production, kill }: Grant): string {
  const extra = [production ? 'with production' : '', kill && role !== 'operator' ? 'with the kill right' : '']
  return [`${role} of ${projectId === null ? 'every project' : 'this project'}`, ...extra.filter(Boolean)].join(', ')
}

/**
 * Nobody gives away more than they have: a project's admin cannot make an admin of everything, or hand on production.
 * Throws FORBIDDEN.
 */
export function refuseToGiveMore(giver: readonly Grant[], given: Grant): void {
  if (giver.some((own) => covers(own, given))) return
  throw new DomainError(
    'FORBIDDEN',
    'You cannot give more than you have: a wider project, production or the kill right.',
  )
}

function covers(own: Grant, given: Grant): boolean {
  const { environmentIds } = own
  return (
    own.role === 'admin' &&
    (own.projectId === null || own.projectId === given.projectId) &&
    (environmentIds === null || (given.environmentIds?.every((id) => environmentIds.includes(id)) ?? false)) &&
    (own.production || !given.production) &&
    (own.production || own.kill || (!given.kill && given.role !== 'operator'))
  )
}
