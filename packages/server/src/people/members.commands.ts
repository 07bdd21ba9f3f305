import { and, asc, eq, isNull, type SQL } from 'drizzle-orm'
import { recordAccess } from '../access/record-access.ts'
import { describeGrant, type Grant, refuseToGiveMore } from '../access/roles.ts'
import type { Acting } from '../audit/record-change.ts'
import { grants, groupGrants, people, personAccounts, personSessions, secondFactors } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'

/** Gives a person a role in a project, or in all with `grant.projectId` null. Throws NOT_FOUND, FORBIDDEN, LAST_ADMIN. */
export async function setGrant(
  db: Db,
  personId: string,
  grant: Grant,
  acting: Acting,
  giver: readonly Grant[],
): Promise<void> {
  refuseToGiveMore(giver, grant)
  await inTransaction(db, async (tx) => {
    const { projectId, role, production, kill } = grant
    const admins = projectId === null ? await lockAdmins(tx) : []
    const person = await lockMember(tx, personId)
    const present = await lockGrant(tx, personId, projectId)
    if (present) refuseToGiveMore(giver, { ...present, environmentIds: null })
    if (role !== 'admin') refuseLastAdmin(admins, personId)
    const given = { role, production, kill, createdBy: acting.actor.name }
    await tx
      .insert(grants)
      .values({ personId, projectId, ...given })
      .onConflictDoUpdate({ target: [grants.personId, grants.projectId], set: given })
    await recordAccess(tx, projectId, acting, 'member.grant', `made ${person.name} ${describeGrant(grant)}`)
  })
}

/**
 * Takes a person's role in a project away, or with null that in all projects; what they have by a group stays. Whoever has
 * none left is removed: sessions end, passwords and second factors are deleted, the name stays in the history. A second time
 * changes nothing.
 */
export async function removeGrant(
  db: Db,
  personId: string,
  projectId: string | null,
  acting: Acting,
  giver: readonly Grant[],
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const admins = projectId === null ? await lockAdmins(tx) : []
    const person = await lockMember(tx, personId)
    const present = await lockGrant(tx, personId, projectId)
    if (!present) return
    refuseToGiveMore(giver, { ...present, environmentIds: null })
    refuseLastAdmin(admins, personId)
    await tx.delete(grants).where(eq(grants.id, present.id))
    const [left] = await tx.select({ id: grants.id }).from(grants).where(eq(grants.personId, personId)).limit(1)
    const byGroup = await tx.select().from(groupGrants).where(eq(groupGrants.personId, personId)).limit(1)
    if (!left && byGroup.length === 0) await removePerson(tx, personId)
    const from = projectId === null ? 'all projects' : 'this project'
    await recordAccess(tx, projectId, acting, 'member.remove', `removed ${person.name} from ${from}`)
  })
}

async function removePerson(tx: Db, personId: string): Promise<void> {
  await tx.update(people).set({ removedAt: new Date(), twoFactorEnabled: false }).where(eq(people.id, personId))
  await tx.delete(personSessions).where(eq(personSessions.userId, personId))
  await tx.delete(secondFactors).where(eq(secondFactors.userId, personId))
  await tx.delete(personAccounts).where(eq(personAccounts.userId, personId))
}

async function lockMember(tx: Db, personId: string) {
  const [person] = await tx
    .select()
    .from(people)
    .where(and(eq(people.id, personId), isNull(people.removedAt)))
    .for('update')
  if (!person) throw new DomainError('NOT_FOUND', `There is no member ${personId}.`)
  return person
}

async function lockGrant(tx: Db, personId: string, projectId: string | null) {
  const [row] = await tx
    .select()
    .from(grants)
    .where(and(eq(grants.personId, personId), inProject(projectId)))
    .for('update')
  return row
}

/**
 * The ids of all admins of everything, locked in one order and before anything else, so that two admins who remove each
 * other cannot both succeed.
 */
async function lockAdmins(tx: Db): Promise<string[]> {
  const rows = await tx
    .select({ personId: grants.personId })
    .from(grants)
    .where(and(isNull(grants.projectId), eq(grants.role, 'admin')))
    .orderBy(asc(grants.id))
    .for('update')
  return rows.map((row) => row.personId)
}

/** An installation without an admin of everything could only be opened again from outside. */
function refuseLastAdmin(admins: string[], personId: string): void {
  if (admins.length !== 1 || admins[0] !== personId) return
  throw new DomainError('LAST_ADMIN', 'This is the last admin of everything. Make somebody else one first.')
}

function inProject(projectId: string | null): SQL {
  return projectId === null ? isNull(grants.projectId) : eq(grants.projectId, projectId)
}
