import { APIError } from 'better-auth/api'
import { and, eq, gt, isNull } from 'drizzle-orm'
import { grants, invitations, people } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { acceptInvitation } from './invitations.commands.ts'

/** Whoever comes from the identity provider for the first time must have been invited. */
export async function refuseUninvited(db: Db, email: string): Promise<void> {
  if (!(await findOpenInvitation(db, email))) throw notInvited()
}

/**
 * Runs before each session: gives a person what an open invitation to their verified address promises, and refuses
 * those who were removed or have no access to anything.
 */
export async function admitPerson(db: Db, personId: string): Promise<void> {
  const person = await db.query.people.findFirst({ where: eq(people.id, personId) })
  if (!person) throw notInvited()
  const invitation = person.emailVerified ? await findOpenInvitation(db, person.email) : undefined
  if (invitation) await acceptInvitation(db, invitation, person)
  else {
    const [grant] = await db.select({ id: grants.id }).from(grants).where(eq(grants.personId, personId)).limit(1)
    if (!grant || person.removedAt) throw notInvited()
  }
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
