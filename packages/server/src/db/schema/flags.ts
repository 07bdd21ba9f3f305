import type { FlagType, IndividualTarget, Prerequisite, Rule, Serve, Variant } from '@rampart/evaluation'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { bigCount } from './columns.ts'
import { environments, projects } from './projects.ts'

/** A key is never used again: an archived flag keeps its row, and so its key, for ever. */
export const flags = pgTable(
  'flags',
  {
    id: uuid().primaryKey().defaultRandom(),
    projectId: uuid()
      .notNull()
      .references(() => projects.id),
    key: text().notNull(),
    type: text().$type<FlagType>().notNull(),
    variants: jsonb().$type<Variant[]>().notNull(),
    name: text().notNull().default(''),
    description: text().notNull().default(''),
    owner: text().notNull().default(''),
    tags: text().array().notNull().default([]),
    kind: text().$type<'release' | 'ops' | 'experiment' | 'permission'>().notNull().default('release'),
    /** Days this flag is expected to live; null for what its kind says, 0 for as long as it is useful. */
    lifetimeDays: integer(),
    clientVisible: boolean().notNull().default(false),
    /** Set once at creation. No edit, rename, archive or import may touch it: everybody would change sides. */
    salt: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    archivedAt: timestamp({ withTimezone: true }),
  },
  (table) => [unique('flags_project_key').on(table.projectId, table.key)],
)

export const flagConfigurations = pgTable(
  'flag_configurations',
  {
    flagId: uuid()
      .notNull()
      .references(() => flags.id),
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    on: boolean().notNull().default(false),
    offVariant: text().notNull(),
    prerequisites: jsonb().$type<Prerequisite[]>().notNull().default([]),
    targets: jsonb().$type<IndividualTarget[]>().notNull().default([]),
    rules: jsonb().$type<Rule[]>().notNull().default([]),
    defaultServe: jsonb().$type<Serve>().notNull(),
    /** What If-Match compares: grows with each edit of this row and never with a kill. */
    version: integer().notNull().default(1),
    /** Grows with weight, split, bucketBy and rule edits: counters belong to one allocation. */
    allocation: integer().notNull().default(1),
    /** Environment revision of the last change of this row. */
    revision: bigCount().notNull(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updatedBy: text().notNull().default(''),
  },
  (table) => [
    primaryKey({ columns: [table.flagId, table.environmentId] }),
    index('flag_configurations_environment_revision').on(table.environmentId, table.revision),
  ],
)

/** Killed or not, in a row of its own that no edit locks, so that a kill never waits for a form or a ramp. */
export const flagKills = pgTable(
  'flag_kills',
  {
    flagId: uuid()
      .notNull()
      .references(() => flags.id),
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    killed: boolean().notNull().default(false),
    at: timestamp({ withTimezone: true }),
    by: text(),
    reason: text(),
    /** Environment revision of the last kill or restore; 0 for never. */
    revision: bigCount().notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.flagId, table.environmentId] }),
    index('flag_kills_environment_revision').on(table.environmentId, table.revision),
  ],
)

/**
 * One row per server SDK stream that was open when a kill (or restore) went out: exact over all replicas, because a
 * receipt may arrive at another replica than the stream. Kept for days, then deleted.
 */
export const killDeliveries = pgTable(
  'kill_deliveries',
  {
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    revision: bigCount().notNull(),
    instance: text().notNull(),
    /** What a person recognises: `Rampart-Name`, or the instance id. */
    name: text().notNull().default(''),
    sdk: text().notNull().default(''),
    replica: text().notNull().default(''),
    /** Milliseconds from the commit to the last byte handed to the socket; null when a receipt came before that row. */
    sentMs: integer(),
    confirmedMs: integer(),
    /** When its stream was lost before it confirmed. */
    lostAt: timestamp({ withTimezone: true }),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ columns: [table.environmentId, table.revision, table.instance] }),
    index('kill_deliveries_at').on(table.at),
  ],
)
