import { and, eq, isNotNull } from 'drizzle-orm'
import { people, personAccounts } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError, violatedConstraint } from '../http/errors.ts'

export interface NewPerson {
  name: string
  email: string
  password: string
}

/**
 * Writes a person who signs in with a password. Somebody who was removed and comes back keeps their id, so the history
 * knows them. The address counts as theirs: whoever held the link got it from an admin, or from the log of the start.
 * Throws KEY_TAKEN.
 */
export async function createPerson(
  tx: Db,
  { name, email, password }: NewPerson,
): Promise<{ id: string; name: string }> {
  const [back] = await tx
    .update(people)
    .set({ name, removedAt: null, emailVerified: true, twoFactorEnabled: false, updatedAt: new Date() })
    .where(and(eq(people.email, email), isNotNull(people.removedAt)))
    .returning({ id: people.id, name: people.name })
  // Loaded when somebody joins: a start does without it, faster and smaller.
  const { hashPassword } = await import('better-auth/crypto')
  const person = back ?? (await insertPerson(tx, name, email))
  await tx.insert(personAccounts).values({
    userId: person.id,
    accountId: person.id,
    providerId: 'credential',
    password: await hashPassword(password),
  })
  return person
}

async function insertPerson(tx: Db, name: string, email: string): Promise<{ id: string; name: string }> {
  try {
    const [row] = await tx
      .insert(people)
      .values({ name, email, emailVerified: true })
      .returning({ id: people.id, name: people.name })
    if (!row) throw new Error('The person was not written.')
    return row
  } catch (error) {
    if (violatedConstraint(error) === 'people_email_unique') {
      throw new DomainError(
        'KEY_TAKEN',
        `${email} has an account already. Sign in with it, and the invitation holds.`,
        { cause: error },
      )
    }
    throw error
  }
}
