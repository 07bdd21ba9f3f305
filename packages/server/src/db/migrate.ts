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

/** A migration that waits for a table makes everybody behind it wait. */
const LOCK_TIMEOUT_MS = 10_000

/**
 * Applies what is missing and seeds an empty installation. Drizzle's migrator takes no lock of its own and reads the
 * last migration outside its transaction, so replicas that start together would run it twice: an advisory lock on a
 * connection of its own puts them in a row. It belongs to a transaction, because behind a pooler in transaction mode a
 * session's lock would stay with the pooler for ever.
 */
export async function migratePostgres(url: string, lockTimeoutMs = LOCK_TIMEOUT_MS): Promise<void> {
  const common = { max: 1, connect_timeout: 5, onnotice: () => {} }
  // The lock may be waited for as long as it takes: another replica is migrating.
  const turn = postgres(url, { ...common, connection: { application_name: 'rampart migrate turn' } })
  const sql = postgres(url, {
    ...common,
    // A migration that cannot get its table lock must fail: waiting, it would block every reader behind it.
    connection: { application_name: 'rampart migrate', lock_timeout: lockTimeoutMs },
  })
  try {
    await turn.begin(async (lock) => {
      await lock`select pg_advisory_xact_lock(${MIGRATION_LOCK})`
      const db = drizzlePostgres(sql, { schema, casing: 'snake_case' })
      await applyToPostgres(db, { migrationsFolder })
      await seed(db as unknown as Db)
    })
  } finally {
    await Promise.all([sql.end({ timeout: 2 }), turn.end({ timeout: 2 })])
  }
}

/** The same for the embedded store, whose directory lock already keeps others out. */
export async function migrateEmbedded(client: PGlite): Promise<void> {
  const db = drizzlePglite(client, { schema, casing: 'snake_case' })
  await applyToPglite(db, { migrationsFolder })
  await seed(db as unknown as Db)
}
