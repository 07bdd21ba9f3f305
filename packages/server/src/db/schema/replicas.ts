import { jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

/**
 * The server processes over this database. Only for people, who must be told what a replica serves and which was not
 * heard of: nothing is decided by it. Streams of a replica that is silent are lost, whatever their rows say.
 */
export const replicas = pgTable('replicas', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  startedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  seenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  /** Open server SDK streams by environment id. */
  streams: jsonb().$type<Record<string, number>>().notNull().default({}),
  /** What it serves, and to whom besides, by environment id. */
  environments: jsonb().$type<Record<string, ReplicaEnvironment>>().notNull().default({}),
})

export interface ReplicaEnvironment {
  epoch: string
  /** The last revisions it came to and when, milliseconds since 1970, the newest first. */
  revisions: [revision: number, sinceMs: number][]
  /** Streams of pages. */
  pages: number
  /** Streams of OFREP clients. */
  ofrep: number
  /** Streams of server SDKs that do not say which process they are. */
  anonymous: number
}
