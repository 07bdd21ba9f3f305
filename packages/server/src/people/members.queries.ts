import { and, desc, eq, gt, inArray, isNull, max, or, type SQL } from 'drizzle-orm'
import { grants, groupGrants, invitations, people, personSessions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'

/**
 * Everybody with access to a project, through it or through all of them; with null those with access to all. A line for
 * each role: given by hand (`group` null), or by a group at the identity provider.
 */
export async function listMembers(db: Db, projectId: string | null) {
  const byHand = await db
    .select({ person: people, grant: grants })
    .from(grants)
    .innerJoin(people, eq(people.id, grants.personId))
    .where(inScope(grants.projectId, projectId))
  const byGroup = await db
    .select({ person: people, grant: groupGrants, group: groupGrants.group })
    .from(groupGrants)
    .innerJoin(people, eq(people.id, groupGrants.personId))
    .where(inScope(groupGrants.projectId, projectId))
  const place = ({ person, group }: { person: { name: string; id: string }; group: string | null }) =>
    `${person.name}\n${person.id}\n${group ?? ''}`
  const rows = [...byHand.map((row) => ({ ...row, group: null })), ...byGroup].sort((a, b) =>
    place(a) < place(b) ? -1 : 1,
  )
  const seen = await lastSeen(
    db,
    rows.map(({ person }) => person.id),
  )
  return rows.map(({ person, grant, group }) => ({
    id: person.id,
    name: person.name,
    email: person.email,
    secondFactor: person.twoFactorEnabled,
    lastSeenAt: seen.get(person.id) ?? null,
    everywhere: grant.projectId === null,
    role: grant.role,
    production: grant.production,
    kill: grant.kill,
    group,
  }))
}

/** Invitations that still open, newest first. */
export async function listInvitations(db: Db, projectId: string | null) {
  const rows = await db
    .select()
    .from(invitations)
    .where(
      and(
        inScope(invitations.projectId, projectId),
        isNull(invitations.acceptedAt),
        isNull(invitations.revokedAt),
        gt(invitations.expiresAt, new Date()),
      ),
    )
    .orderBy(desc(invitations.createdAt))
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    everywhere: row.projectId === null,
    role: row.role,
    production: row.production,
    kill: row.kill,
    createdBy: row.createdBy,
    expiresAt: row.expiresAt.toISOString(),
  }))
}

async function lastSeen(db: Db, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: personSessions.userId, at: max(personSessions.lastSeenAt) })
    .from(personSessions)
    .where(inArray(personSessions.userId, ids))
    .groupBy(personSessions.userId)
  return new Map(rows.flatMap(({ id, at }) => (at ? [[id, at.toISOString()] as const] : [])))
}

function inScope(
  column: typeof grants.projectId | typeof groupGrants.projectId | typeof invitations.projectId,
  projectId: string | null,
): SQL | undefined {
  return projectId === null ? isNull(column) : or(isNull(column), eq(column, projectId))
}
