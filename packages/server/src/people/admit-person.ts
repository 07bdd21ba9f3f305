import { APIError } from 'better-auth/api'
import { and, eq, gt, isNull } from 'drizzle-orm'
import { grants, groupGrants, invitations, people } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { claimedGroups } from './claimed-groups.ts'
import { followGroups, type GroupRole } from './follow-groups.ts'
import { acceptInvitation } from './invitations.commands.ts'

/** Whoever comes from the identity provider for the first time must have been invited, or be in a group with a role. */
export async function refuseUninvited(db: Db, email: string, roles: readonly GroupRole[]): Promise<void> {
  if (rolesOf(claimedGroups() ?? [], roles).length > 0) return
  if (!(await findOpenInvitation(db, email))) throw notInvited()
}

function rolesOf(groups: string[], roles: readonly GroupRole[]): GroupRole[] {
  return roles.filter(({ group }) => groups.includes(group))
}

/**
 * Runs before each session: follows the groups that an identity provider just claimed, gives a person what an open invitation to their verified address promises, and refuses
 * those who were removed or have no access to anything.
 */
export async function admitPerson(db: Db, personId: string, roles: readonly GroupRole[]): Promise<void> {
  const findPerson = () => db.query.people.findFirst({ where: eq(people.id, personId) })
  const comer = await findPerson()
  if (!comer) throw notInvited()
  const groups = claimedGroups()
  if (groups) await followGroups(db, { id: comer.id, name: comer.name }, rolesOf(groups, roles))
  // Somebody who was removed is back by a group.
  const person = groups ? ((await findPerson()) ?? comer) : comer
  const invitation = person.emailVerified ? await findOpenInvitation(db, person.email) : undefined
  if (invitation) await acceptInvitation(db, invitation, person)
  else {
    if (person.removedAt || !(await hasRole(db, personId))) throw notInvited()
  }
}

async function hasRole(db: Db, personId: string): Promise<boolean> {
  for (const table of [grants, groupGrants]) {
    const [found] = await db.select({ id: table.id }).from(table).where(eq(table.personId, personId)).limit(1)
    if (found) return true
  }
  return false
}

async function findOpenInvitation(db: Db, email: string) {
  return db.query.invitations.findFirst({
    where: and(
      eq(invitations.email, email.toLowerCase()),
      isNull(invitations.acceptedAt),
      isNull(invitations.revokedAt),
      gt(invitations.expiresAt, new Date()),
    ),
  })
}

function notInvited(): APIError {
  return new APIError('FORBIDDEN', { code: 'NOT_INVITED', message: 'Nobody has invited this address.' })
}
