import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { environments } from './projects.ts'
import { flags } from './flags.ts'

/** An address that an alert manager calls, for one flag in one environment. Its secret is shown once and never stored. */
export const triggers = pgTable(
  'triggers',
  {
    id: uuid().primaryKey().defaultRandom(),
    flagId: uuid()
      .notNull()
      .references(() => flags.id),
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    name: text().notNull(),
    /** What a firing alert does. */
    action: text().$type<'kill'>().notNull(),
    prefix: text().notNull(),
    hash: text().notNull().unique(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    createdBy: text().notNull().default(''),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    revokedAt: timestamp({ withTimezone: true }),
    lastUsedAt: timestamp({ withTimezone: true }),
    /** What came of the last use, for people. */
    lastOutcome: text(),
  },
  (table) => [index('triggers_flag_environment').on(table.flagId, table.environmentId)],
)
