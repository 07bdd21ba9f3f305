import { index, integer, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { bigCount } from './columns.ts'
import { environments } from './projects.ts'

/**
 * Evaluations counted by SDKs, summed per minute. Flags stand by their key: a key is never used again, and an id
 * would cost a look-up on the ingest path.
 */
export const exposureMinutes = pgTable(
  'exposure_minutes',
  {
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    flagKey: text().notNull(),
    minute: timestamp({ withTimezone: true }).notNull(),
    variant: text().notNull(),
    allocation: integer().notNull(),
    count: bigCount().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.environmentId, table.flagKey, table.minute, table.variant, table.allocation] }),
    // The list of flags asks for the last day of all of them at once.
    index('exposure_minutes_environment_minute').on(table.environmentId, table.minute),
  ],
)

/** The last batch that was counted, per SDK instance: written in the batch's own transaction, so a repeat counts once. */
export const telemetryCursors = pgTable(
  'telemetry_cursors',
  {
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    instance: text().notNull(),
    seq: bigCount().notNull(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.environmentId, table.instance] })],
)
