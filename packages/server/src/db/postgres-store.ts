import { drizzle } from 'drizzle-orm/postgres-js'
import type { Logger } from 'pino'
import postgres from 'postgres'
import { type Db, NOTIFY_CHANNEL, type Store } from './store.ts'
import { migratePostgres } from './migrate.ts'
import * as schema from './schema/index.ts'

const POOL_SIZE = 10
/** Two, so that one kill that waits for a lock does not hold up the kill of another flag. */
const KILL_CONNECTIONS = 2

/**
 * Seconds until a lost connection is tried again. The driver's own waits grow to 20 s, and nobody wants to wait that
 * long to kill a flag when the database is back already.
 */
function reconnectAfterS(attempt: number): number {
  return Math.min(1, 0.02 * 2 ** attempt) * (0.5 + Math.random() / 2)
}

/** Opens a Postgres database and migrates it. Rejects with the driver's error when it cannot be reached. */
export async function openPostgresStore(url: string, log: Logger): Promise<Store> {
  await migratePostgres(url)
  const onnotice = (notice: postgres.Notice) => log.debug({ notice: notice['message'] }, 'database notice')
  const sql = postgres(url, {
    max: POOL_SIZE,
    connect_timeout: 5,
    // The driver would ask for array types on each new connection and let the error go unhandled when the connection
    // breaks just then, which ends the process. Drizzle writes arrays without it.
    fetch_types: false,
    backoff: reconnectAfterS,
    onnotice,
    connection: { application_name: 'rampart', statement_timeout: 15_000, idle_in_transaction_session_timeout: 15_000 },
  })
  // A failing kill must say so within 3 s, so each of its statements gives up long before.
  const killSql = postgres(url, {
    max: KILL_CONNECTIONS,
    connect_timeout: 2,
    max_lifetime: null,
    fetch_types: false,
    backoff: reconnectAfterS,
    onnotice,
    connection: {
      application_name: 'rampart kill',
      lock_timeout: 1000,
      statement_timeout: 2000,
      idle_in_transaction_session_timeout: 3000,
    },
  })
  await Promise.all([sql`select 1`, ...Array.from({ length: KILL_CONNECTIONS }, () => killSql`select pg_sleep(0.01)`)])
  return {
    kind: 'postgres',
    db: drizzle(sql, { schema, casing: 'snake_case' }) as unknown as Db,
    killDb: drizzle(killSql, { schema, casing: 'snake_case' }) as unknown as Db,
    async listen(onNotify, onListening) {
      const subscription = await sql.listen(NOTIFY_CHANNEL, onNotify, onListening)
      return () => subscription.unlisten()
    },
    async close() {
      await Promise.all([sql.end({ timeout: 2 }), killSql.end({ timeout: 2 })])
    },
  }
}
