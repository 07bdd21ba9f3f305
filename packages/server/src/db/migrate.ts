import { fileURLToPath } from 'node:url'
import type { PGlite } from '@electric-sql/pglite'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as applyToPglite } from 'drizzle-orm/pglite/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js'
import { migrate as applyToPostgres } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import type { Db } from './store.ts'
import * as schema from './schema/index.ts'
import { seed } from './seed.ts'

const migrationsFolder = fileURLToPath(new URL('../../../../migrations', import.meta.url))

/** Any constant will do, as long as every replica of every version takes the same. */
const MIGRATION_LOCK = 7_246_178

/**
 * Applies what is missing and seeds an empty installation. Drizzle's migrator takes no lock of its own and reads the
 * last migration outside its transaction, so replicas that start together would run it twice: an advisory lock on a
 * connection of its own puts them in a row.
 */
export async function migratePostgres(url: string): Promise<void> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
    // A migration that cannot get its table lock must fail: waiting, it would block every reader behind it.
    connection: { application_name: 'rampart migrate', lock_timeout: 10_000 },
  })
  try {
    // The lock itself may be waited for: another replica is migrating.
    await sql`set lock_timeout = 0`
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`
    await sql`set lock_timeout = '10s'`
    const db = drizzlePostgres(sql, { schema, casing: 'snake_case' })
    await applyToPostgres(db, { migrationsFolder })
    await seed(db as unknown as Db)
  } finally {
    await sql.end({ timeout: 2 })
  }
}

/** The same for the embedded store, whose directory lock already keeps others out. */
export async function migrateEmbedded(client: PGlite): Promise<void> {
  const db = drizzlePglite(client, { schema, casing: 'snake_case' })
  await applyToPglite(db, { migrationsFolder })
  await seed(db as unknown as Db)
}
