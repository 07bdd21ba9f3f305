import { and, eq, inArray, isNotNull, isNull, ne, sql } from 'drizzle-orm'
import { recordAccess } from '../access/record-access.ts'
import { describeGrant, type Role } from '../access/roles.ts'
import type { Acting } from '../audit/record-change.ts'
import { grants, groupGrants, people, projects } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'

/** What a group at the identity provider may do here. */
export interface GroupRole {
  group: string
  /** Key of a project; `*` for every project. */
  project: string
  role: Role
  production: boolean
  kill: boolean
}

type Held = typeof groupGrants.$inferSelect
type Wanted = Pick<Held, 'projectId' | 'group' | 'role' | 'production' | 'kill'>

/** Any constant, as long as every replica takes the same. */
const GROUPS_LOCK = 7_246_180

/**
 * Makes the roles that a person has by groups those that `roles` say, and leaves those given by hand alone. The last admin
 * of everything keeps that role: an installation without one could only be opened from outside. Projects that do not exist
 * are passed over. Nothing is written where nothing changes.
 */
export async function followGroups(db: Db, person: { id: string; name: string }, roles: readonly GroupRole[]) {
  await inTransaction(db, async (tx) => {
    // One person at a time, so that the last two admins do not both believe that the other one stays.
    await tx.execute(sql`select pg_advisory_xact_lock(${GROUPS_LOCK})`)
    const held = await tx.select().from(groupGrants).where(eq(groupGrants.personId, person.id))
    const wanted = await resolve(tx, roles)
    const lost = held.filter((row) => !wanted.some((other) => isSamePlace(row, other)))
    const gained = wanted.filter((row) => !held.some((other) => isSamePlace(row, other) && isSameRight(row, other)))
    const kept = await keepLastAdmin(tx, person.id, held, wanted)
    const acting: Acting = { actor: { kind: 'person', ...person }, via: 'ui', reason: null, requestId: null }
    const changes = [
      ...lost.filter((row) => row !== kept).map((row) => ({ row, isLost: true })),
      ...gained.filter((row) => !kept || !isSamePlace(row, kept)).map((row) => ({ row, isLost: false })),
    ].sort((a, b) => order(a.row, b.row))
    for (const { row, isLost } of changes) {
      const { projectId, group } = row
      if (isLost) await tx.delete(groupGrants).where(at(person.id, row))
      else await put(tx, person.id, row)
      const what = describeGrant({ ...row, environmentIds: null })
      const sentence = isLost ? `is no longer ${what}: left the group ${group}` : `is ${what} by the group ${group}`
      await recordAccess(tx, projectId, acting, isLost ? 'member.leave-group' : 'member.join-group', sentence)
    }
    if (wanted.length === 0) return
    await tx
      .update(people)
      .set({ removedAt: null })
      .where(and(eq(people.id, person.id), isNotNull(people.removedAt)))
  })
}

/** Projects by their ids; null stands for all of them. */
async function resolve(tx: Db, roles: readonly GroupRole[]): Promise<Wanted[]> {
  const keys = roles.map(({ project }) => project)
  const rows = keys.length > 0 ? await tx.select().from(projects).where(inArray(projects.key, keys)) : []
  return roles.flatMap(({ project, ...rest }): Wanted[] => {
    if (project === '*') return [{ ...rest, projectId: null }]
    const found = rows.find(({ key }) => key === project)
    return found ? [{ ...rest, projectId: found.id }] : []
  })
}

/** The role that makes this person an admin of everything, when it would be lost and nobody else is one. */
async function keepLastAdmin(tx: Db, personId: string, held: Held[], wanted: Wanted[]): Promise<Held | undefined> {
  const own = held.find(isAdminOfAll)
  if (!own || wanted.some(isAdminOfAll)) return undefined
  const byHand = and(isNull(grants.projectId), eq(grants.role, 'admin'))
  const byGroup = and(isNull(groupGrants.projectId), eq(groupGrants.role, 'admin'), ne(groupGrants.personId, personId))
  const others = [
    ...(await tx.select({ id: grants.id }).from(grants).where(byHand).limit(1)),
    ...(await tx.select({ id: groupGrants.id }).from(groupGrants).where(byGroup).limit(1)),
  ]
  return others.length > 0 ? undefined : own
}

function isAdminOfAll({ projectId, role }: Wanted): boolean {
  return projectId === null && role === 'admin'
}

function isSamePlace(a: Wanted, b: Wanted): boolean {
  return a.projectId === b.projectId && a.group === b.group
}

function isSameRight(a: Wanted, b: Wanted): boolean {
  return a.role === b.role && a.production === b.production && a.kill === b.kill
}

/** All projects first and then in the order of ids, so that two such changes never wait for each other. */
function order(a: Wanted, b: Wanted): number {
  return (a.projectId ?? '') < (b.projectId ?? '') ? -1 : 1
}

function at(personId: string, { projectId, group }: Wanted) {
  const place = projectId === null ? isNull(groupGrants.projectId) : eq(groupGrants.projectId, projectId)
  return and(eq(groupGrants.personId, personId), eq(groupGrants.group, group), place)
}

async function put(tx: Db, personId: string, { projectId, group, role, production, kill }: Wanted): Promise<void> {
  const given = { role, production, kill }
  await tx
    .insert(groupGrants)
    .values({ personId, projectId, group, ...given })
    .onConflictDoUpdate({ target: [groupGrants.personId, groupGrants.projectId, groupGrants.group], set: given })
}
