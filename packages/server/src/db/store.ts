import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema/index.ts'

/**
 * What both drivers have in common. A transaction is a `Db` too, so queries take either. Use the query builder: the
 * result of `execute` has another shape in each driver.
 */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>

export interface Store {
  kind: 'postgres' | 'embedded'
  db: Db
  /**
   * For kill and restore alone: on Postgres connections of their own, warm, with short limits, so that a kill never
   * queues behind imports or graphs. The same as `db` on the embedded store, which has one session.
   */
  killDb: Db
  /**
   * Hears `pg_notify('rampart', payload)`. `onListening` is called each time listening (re)started: whatever was sent
   * before may have been missed. Resolves, once listening, with a function that stops.
   */
  listen(onNotify: (payload: string) => void, onListening: () => void): Promise<() => Promise<void>>
  /**
   * From now on no statement has a name: behind a pooler in transaction mode a name is known to one of its sessions and not
   * to the next, and every change would fail. Slower, and right everywhere.
   */
  avoidNames(): void
  /**
   * Brings the tables up to date; the embedded store has done so when it was opened. Rejects with DatabaseAway when the
   * database cannot be asked now, and with anything else when a person must look at it.
   */
  prepare(): Promise<void>
  close(): Promise<void>
}

/** The database cannot be asked: away, refusing, read-only or full. A replica can still serve its own copy. */
export class DatabaseAway extends Error {}

/** The one channel of an installation. Payloads are hints of a few dozen bytes, never documents. */
export const NOTIFY_CHANNEL = 'rampart'
