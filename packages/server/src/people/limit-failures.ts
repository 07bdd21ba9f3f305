import { inArray, lt, sql } from 'drizzle-orm'
import { hashSecret } from '../access/secrets.ts'
import { signInFailures } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { networkOf } from '../http/network-of.ts'

const WINDOW_MS = 15 * 60_000
/** Failures within the window. A person mistypes; a script guesses, from one network or from many. */
const PER_ACCOUNT_AND_NETWORK = 10
const PER_ACCOUNT = 50
const PER_NETWORK = 100

/**
 * Runs a sign-in of an account (null where none is named) from an address and counts it when it throws, in the database, because several replicas
 * answer. It is counted before it runs and taken back afterwards, so that many at once are not one. Somebody who
 * guesses from elsewhere locks the owner out only after many more tries than from the owner's own network. Throws
 * RATE_LIMITED.
 */
export async function limitFailures<T>(
  db: Db,
  account: string | null,
  address: string,
  signIn: () => Promise<T>,
): Promise<T> {
  const network = networkOf(address)
  const limits = new Map([[hashSecret(`network ${network}`), PER_NETWORK]])
  if (account !== null) {
    limits.set(hashSecret(`account ${account} ${network}`), PER_ACCOUNT_AND_NETWORK)
    limits.set(hashSecret(`account ${account}`), PER_ACCOUNT)
  }
  // In one order, so that two attempts never wait for each other.
  const keys = [...limits.keys()].sort()
  const counted = await count(db, keys)
  const over = counted.filter(({ key, count }) => count > (limits.get(key) ?? 0))
  if (over.length > 0) {
    const until = Math.max(...over.map(({ windowEndsAt }) => windowEndsAt.getTime()))
    const minutes = Math.max(1, Math.ceil((until - Date.now()) / 60_000))
    throw new DomainError('RATE_LIMITED', `Too many failed attempts. Try again in ${minutes} min.`, {
      details: { retryAfterS: minutes * 60 },
    })
  }
  const result = await signIn()
  await takeBack(db, keys)
  return result
}

async function count(db: Db, keys: string[]) {
  const windowEndsAt = new Date(Date.now() + WINDOW_MS)
  const isOver = sql`${signInFailures.windowEndsAt} < now()`
  return db
    .insert(signInFailures)
    .values(keys.map((key) => ({ key, count: 1, windowEndsAt })))
    .onConflictDoUpdate({
      target: signInFailures.key,
      set: {
        count: sql`case when ${isOver} then 1 else ${signInFailures.count} + 1 end`,
        windowEndsAt: sql`case when ${isOver} then excluded.window_ends_at else ${signInFailures.windowEndsAt} end`,
      },
    })
    .returning()
}

async function takeBack(db: Db, keys: string[]): Promise<void> {
  await db
    .update(signInFailures)
    .set({ count: sql`${signInFailures.count} - 1` })
    .where(inArray(signInFailures.key, keys))
  await db.delete(signInFailures).where(lt(signInFailures.windowEndsAt, new Date(Date.now() - WINDOW_MS)))
}
