import { drizzle } from 'drizzle-orm/postgres-js'
import type { Logger } from 'pino'
import postgres from 'postgres'
import { isDatabaseAway } from '../http/errors.ts'
import { DatabaseAway, type Db, NOTIFY_CHANNEL, type Store } from './store.ts'
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

/** Connects to a Postgres database and brings its tables up to date. Rejects as `prepare` does. */
export async function openPostgresStore(url: string, log: Logger): Promise<Store> {
  const store = connectPostgresStore(url, log)
  try {
    await store.prepare()
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}

/** A store over Postgres. Nothing is sent before it is used. */
export function connectPostgresStore(url: string, log: Logger): Store {
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
  return {
    kind: 'postgres',
    db: drizzle(sql, { schema, casing: 'snake_case' }) as unknown as Db,
    killDb: drizzle(killSql, { schema, casing: 'snake_case' }) as unknown as Db,
    async listen(onNotify, onListening) {
      const subscription = await sql.listen(NOTIFY_CHANNEL, onNotify, onListening)
      return () => subscription.unlisten()
    },
    avoidNames() {
      for (const { options } of [sql, killSql]) options.prepare = false
    },
    async prepare() {
      try {
        await sql`select 1`
      } catch (cause) {
        throw new DatabaseAway(messageOf(cause), { cause })
      }
      try {
        await migratePostgres(url)
        await Promise.all(Array.from({ length: KILL_CONNECTIONS }, () => killSql`select pg_sleep(0.01)`))
      } catch (cause) {
        if (isDatabaseAway(cause) && !isLockTimeout(cause)) throw new DatabaseAway(messageOf(cause), { cause })
        throw cause
      }
    },
    async close() {
      await Promise.all([sql.end({ timeout: 2 }), killSql.end({ timeout: 2 })])
    },
  }
}

/** A table that others hold must stop a rollout: the replicas of the version before serve on meanwhile. */
function isLockTimeout(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && cause.code === '55P03') return true
  return false
}

function messageOf(error: unknown): string {
  // A host with several addresses fails with one error for each, and without a message of its own.
  const first = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error ? first.message || String((first as NodeJS.ErrnoException).code) : String(first)
}
