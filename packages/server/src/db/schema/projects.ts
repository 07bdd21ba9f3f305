import { boolean, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { bigCount } from './columns.ts'

export const projects = pgTable('projects', {
  id: uuid().primaryKey().defaultRandom(),
  key: text().notNull().unique(),
  name: text().notNull(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
})

/**
 * The revision is the truth about what changed, and a notification only a hint. It grows by
 * `UPDATE ... SET revision = revision + 1 RETURNING` and is never a sequence: a sequence can commit out of order and
 * hide a change for ever.
 */
export const environments = pgTable(
  'environments',
  {
    id: uuid().primaryKey().defaultRandom(),
    projectId: uuid()
      .notNull()
      .references(() => projects.id),
    key: text().notNull(),
    name: text().notNull(),
    production: boolean().notNull().default(false),
    position: integer().notNull().default(0),
    /** ULID of this history; the larger wins. A restore from a dump sets a new one. */
    epoch: text().notNull(),
    revision: bigCount().notNull().default(0),
    /** Whether every change of what is served here must say why. A kill and its restore never must. */
    reasonRequired: boolean().notNull().default(false),
    /** Whether an edit here waits for a second person. A kill, its restore and a ramp down never do. */
    approvalRequired: boolean().notNull().default(false),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [unique('environments_project_key').on(table.projectId, table.key)],
)
