import { index, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { bigCount } from './columns.ts'
import { environments } from './projects.ts'

/** The stream of each server SDK process; written when it opens and when it is lost, never in between. */
export const sdkStreams = pgTable(
  'sdk_streams',
  {
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    instance: text().notNull(),
    name: text().notNull(),
    sdk: text().notNull(),
    replicaId: uuid().notNull(),
    connectedAt: timestamp({ withTimezone: true }).notNull(),
    lostAt: timestamp({ withTimezone: true }),
    /** What it held when it connected; null when it held nothing. */
    revision: bigCount(),
  },
  (table) => [
    primaryKey({ columns: [table.environmentId, table.instance] }),
    index('sdk_streams_replica').on(table.replicaId),
  ],
)
