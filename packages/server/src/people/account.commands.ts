import { and, desc, eq, gt, ne } from 'drizzle-orm'
import { tellReplicas } from '../access/record-access.ts'
import { people, personAccounts, personSessions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'

/** What a person sees of their own account. */
export async function readAccount(db: Db, personId: string) {
  const person = await db.query.people.findFirst({ where: eq(people.id, personId) })
  if (!person) throw new DomainError('NOT_FOUND', 'This account is gone.')
  const ways = await db
    .select({ provider: personAccounts.providerId })
    .from(personAccounts)
    .where(eq(personAccounts.userId, personId))
  return {
    name: person.name,
    email: person.email,
    secondFactor: person.twoFactorEnabled,
    hasPassword: ways.some(({ provider }) => provider === 'credential'),
  }
}

/** A person's open sessions, the one used last first. `current` is the one that asks. */
export async function listSessions(db: Db, personId: string, current: string) {
  const rows = await db
    .select()
    .from(personSessions)
    .where(and(eq(personSessions.userId, personId), gt(personSessions.expiresAt, new Date())))
    .orderBy(desc(personSessions.lastSeenAt))
  return rows.map(({ id, createdAt, lastSeenAt, expiresAt, ipAddress, userAgent }) => ({
    id,
    current: id === current,
    address: ipAddress ?? '',
    browser: userAgent ?? '',
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }))
}

/** Ends one of a person's sessions on every replica within 5 s. One that is over already changes nothing. */
export async function endSession(db: Db, personId: string, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(personSessions).where(and(eq(personSessions.id, id), eq(personSessions.userId, personId)))
    await tellReplicas(tx)
  })
}

/** The same for all of them but the one that asks. */
export async function endOtherSessions(db: Db, personId: string, current: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(personSessions).where(and(eq(personSessions.userId, personId), ne(personSessions.id, current)))
    await tellReplicas(tx)
  })
}
