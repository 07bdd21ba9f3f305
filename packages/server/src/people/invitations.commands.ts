import { and, eq, gt, isNull, or } from 'drizzle-orm'
import { recordAccess } from '../access/record-access.ts'
import { describeGrant, type Grant, refuseToGiveMore } from '../access/roles.ts'
import { createSecret, hashSecret, SECRET_PREFIX } from '../access/secrets.ts'
import type { Acting } from '../audit/record-change.ts'
import { grants, invitations, people } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import { createPerson } from './create-person.ts'

type Invitation = typeof invitations.$inferSelect

const DAY_MS = 24 * 60 * 60 * 1000

export interface NewInvitation {
  email: string
  grant: Grant
  days: number
}

/** Makes a link for one person. Its secret is in this answer and nowhere else. Throws FORBIDDEN, IN_USE. */
export async function invite(db: Db, { email, grant, days }: NewInvitation, acting: Acting, giver: readonly Grant[]) {
  refuseToGiveMore(giver, grant)
  return inTransaction(db, async (tx) => {
    await refuseMembers(tx, email, grant.projectId)
    const secret = createSecret(SECRET_PREFIX.invitation)
    const { projectId, role, production, kill } = grant
    const [row] = await tx
      .insert(invitations)
      .values({
        hash: hashSecret(secret),
        email,
        projectId,
        role,
        production,
        kill,
        createdBy: acting.actor.name,
        expiresAt: new Date(Date.now() + days * DAY_MS),
      })
      .returning()
    if (!row) throw new Error('The invitation was not written.')
    await recordAccess(tx, projectId, acting, 'member.invite', `invited ${email} as ${describeGrant(grant)}`)
    return { id: row.id, secret, expiresAt: row.expiresAt }
  })
}

/** Whoever has a role there gets another one in the list. Members of other projects are invited like anybody. */
async function refuseMembers(tx: Db, email: string, projectId: string | null): Promise<void> {
  const there =
    projectId === null ? isNull(grants.projectId) : or(isNull(grants.projectId), eq(grants.projectId, projectId))
  const [member] = await tx
    .select({ name: people.name })
    .from(people)
    .innerJoin(grants, eq(grants.personId, people.id))
    .where(and(eq(people.email, email), there))
    .limit(1)
  if (member)
    throw new DomainError('IN_USE', `${member.name} (${email}) is a member already: give them a role in the list.`)
}

/** Ends an invitation. A second time changes nothing. Throws NOT_FOUND. */
export async function revokeInvitation(db: Db, projectId: string | null, id: string, acting: Acting): Promise<void> {
  await inTransaction(db, async (tx) => {
    const where = and(
      eq(invitations.id, id),
      projectId === null ? isNull(invitations.projectId) : eq(invitations.projectId, projectId),
    )
    const [row] = await tx.select().from(invitations).where(where).for('update')
    if (!row) throw new DomainError('NOT_FOUND', `There is no invitation ${id} here.`)
    if (row.revokedAt || row.acceptedAt) return
    await tx.update(invitations).set({ revokedAt: new Date() }).where(where)
    await recordAccess(tx, projectId, acting, 'member.uninvite', `took back the invitation of ${row.email}`)
  })
}

/** The invitation that a link stands for. Throws UNAUTHENTICATED when it is wrong, used, old or taken back. */
export async function openInvitation(db: Db, secret: string): Promise<Invitation> {
  const invitation = await db.query.invitations.findFirst({
    where: and(
      eq(invitations.hash, hashSecret(secret)),
      isNull(invitations.acceptedAt),
      isNull(invitations.revokedAt),
      gt(invitations.expiresAt, new Date()),
    ),
  })
  if (invitation) return invitation
  throw new DomainError(
    'UNAUTHENTICATED',
    'This invitation was used, is too old or was taken back. Ask for another one.',
  )
}

/** Makes the account of an invited person, who chooses name and password. Throws UNAUTHENTICATED, KEY_TAKEN. */
export async function acceptWithPassword(
  db: Db,
  secret: string,
  input: { name: string; password: string },
): Promise<string> {
  return inTransaction(db, async (tx) => {
    const invitation = await openInvitation(tx, secret)
    const person = await createPerson(tx, { ...input, email: invitation.email })
    await acceptInvitation(tx, invitation, person)
    return invitation.email
  })
}

/** Gives a person what the invitation promises, once. Throws UNAUTHENTICATED when somebody else was faster. */
export async function acceptInvitation(
  db: Db,
  invitation: Invitation,
  person: { id: string; name: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const [taken] = await tx
      .update(invitations)
      .set({ acceptedAt: new Date() })
      .where(and(eq(invitations.id, invitation.id), isNull(invitations.acceptedAt), isNull(invitations.revokedAt)))
      .returning()
    if (!taken) throw new DomainError('UNAUTHENTICATED', 'This invitation was used already.')
    const { projectId, role, production, kill, createdBy } = taken
    const given = { role, production, kill, createdBy }
    await tx.update(people).set({ removedAt: null }).where(eq(people.id, person.id))
    await tx
      .insert(grants)
      .values({ personId: person.id, projectId, ...given })
      .onConflictDoUpdate({ target: [grants.personId, grants.projectId], set: given })
    const acting = {
      actor: { kind: 'person', id: person.id, name: person.name },
      via: 'ui',
      reason: null,
      requestId: null,
    } as const
    const what = describeGrant({ ...given, projectId, environmentIds: null })
    await recordAccess(tx, projectId, acting, 'member.join', `joined as ${what}`)
  })
}
