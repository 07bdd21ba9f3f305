import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { recordAccess } from '../access/record-access.ts'
import { createSecret, hashSecret, SECRET_PREFIX } from '../access/secrets.ts'
import { grants, people, setUpLinks } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { DomainError } from '../http/errors.ts'
import { createPerson, type NewPerson } from './create-person.ts'

/** Any constant, as long as every replica takes the same. */
const SET_UP_LOCK = 7_246_179
const LINK_MS = 24 * 60 * 60 * 1000

/**
 * The secret of a new set-up link while nobody has an account, otherwise undefined. Each start makes its own: only
 * hashes are kept, so an earlier one cannot be shown again. The first one used ends them all.
 */
export async function offerSetUp(db: Db): Promise<string | undefined> {
  if (!(await isSetUpOpen(db))) return undefined
  const secret = createSecret(SECRET_PREFIX.setUpLink)
  await db.insert(setUpLinks).values({ hash: hashSecret(secret), expiresAt: new Date(Date.now() + LINK_MS) })
  return secret
}

/** Whether the first account is still to be made. */
export async function isSetUpOpen(db: Db): Promise<boolean> {
  const [person] = await db.select({ id: people.id }).from(people).where(isNull(people.removedAt)).limit(1)
  return person === undefined
}

/** Makes the first account, an admin of everything. Throws UNAUTHENTICATED for a link that is wrong, old or used. */
export async function setUp(db: Db, secret: string, input: NewPerson, requestId: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    // Two people with the same link must not both become the first.
    await tx.execute(sql`select pg_advisory_xact_lock(${SET_UP_LOCK})`)
    const link = await tx.query.setUpLinks.findFirst({
      where: and(eq(setUpLinks.hash, hashSecret(secret)), gt(setUpLinks.expiresAt, new Date())),
    })
    if (!link || !(await isSetUpOpen(tx))) {
      const message = 'This set-up link was used or is too old. Restart the service to get another one, or sign in.'
      throw new DomainError('UNAUTHENTICATED', message)
    }
    const person = await createPerson(tx, input)
    await tx.insert(grants).values({
      personId: person.id,
      projectId: null,
      role: 'admin',
      production: true,
      kill: true,
      createdBy: 'set-up',
    })
    await tx.delete(setUpLinks)
    const actor = { kind: 'person', id: person.id, name: person.name } as const
    const acting = { actor, via: 'ui', reason: null, requestId } as const
    await recordAccess(tx, null, acting, 'member.set-up', 'set up Rampart and is admin of every project')
  })
}
