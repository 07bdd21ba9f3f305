import { boolean, index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { bigCount } from './columns.ts'
import { environments } from './projects.ts'

/** Every process of the service, alive while `seenAt` is fresh. Streams of one that is not are lost, whatever their rows say. */
export const replicas = pgTable('replicas', {
  id: uuid().primaryKey(),
  /** Host and port, for people. */
  name: text().notNull(),
  startedAt: timestamp({ withTimezone: true }).notNull(),
  seenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  /** By environment id, what it serves and who hears of it without a name: `{revision, pages, ofrep, anonymous}`. */
  environments: jsonb().$type<Record<string, ReplicaEnvironment>>().notNull().default({}),
})

export interface ReplicaEnvironment {
  revision: number
  /** Streams of pages. */
  pages: number
  /** Streams of OFREP clients. */
  ofrep: number
  /** Streams of server SDKs that do not say which process they are. */
  anonymous: number
}

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
    /** True while bytes wait for a reader that does not read. */
    stalled: boolean().notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.environmentId, table.instance] }),
    index('sdk_streams_replica').on(table.replicaId),
  ],
)
