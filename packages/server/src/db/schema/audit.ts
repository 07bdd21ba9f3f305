import type { JsonValue } from '@rampart/evaluation'
import { index, integer, jsonb, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { bigCount } from './columns.ts'
import { flags } from './flags.ts'
import { environments, projects } from './projects.ts'

export interface Actor {
  kind: 'person' | 'token' | 'ramp' | 'system'
  id: string
  name: string
}

/** By which way somebody acted. */
export type Via = 'ui' | 'api' | 'trigger' | 'ramp' | 'system'

/** Written in the change's own transaction: no change without its row, no row without its change. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: uuid().primaryKey().defaultRandom(),
    projectId: uuid()
      .notNull()
      .references(() => projects.id),
    /** Position in the project's chain, 1, 2, 3 ... */
    seq: bigCount().notNull(),
    environmentId: uuid().references(() => environments.id),
    flagId: uuid().references(() => flags.id),
    at: timestamp({ withTimezone: true }).notNull(),
    actor: jsonb().$type<Actor>().notNull(),
    via: text().$type<Via>().notNull(),
    action: text().notNull(),
    sentence: text().notNull(),
    reason: text(),
    before: jsonb().$type<JsonValue>(),
    after: jsonb().$type<JsonValue>(),
    version: integer(),
    revision: bigCount(),
    requestId: text(),
    /** The second person, where one was needed. */
    approvedBy: jsonb().$type<Actor>(),
    /** SHA-256 over the previous hash and this row in canonical form: a changed or missing row shows. */
    hash: text().notNull(),
  },
  (table) => [
    unique('audit_entries_project_seq').on(table.projectId, table.seq),
    index('audit_entries_flag_at').on(table.flagId, table.at),
    index('audit_entries_version').on(table.flagId, table.environmentId, table.version),
    index('audit_entries_project_at').on(table.projectId, table.at),
  ],
)

/** The end of each project's chain; its row lock puts the entries in one order. */
export const auditHeads = pgTable('audit_heads', {
  projectId: uuid()
    .primaryKey()
    .references(() => projects.id),
  seq: bigCount().notNull().default(0),
  hash: text().notNull().default(''),
})

/** Deploys and notes that arrive from outside; changes of flags are markers too and come from the audit. */
export const markers = pgTable(
  'markers',
  {
    id: uuid().primaryKey().defaultRandom(),
    projectId: uuid()
      .notNull()
      .references(() => projects.id),
    /** Null means every environment of the project. */
    environmentId: uuid().references(() => environments.id),
    kind: text().$type<'deploy'>().notNull(),
    label: text().notNull(),
    service: text(),
    url: text(),
    by: text().notNull(),
    via: text().$type<Via>().notNull().default('api'),
    at: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('markers_project_at').on(table.projectId, table.at)],
)
