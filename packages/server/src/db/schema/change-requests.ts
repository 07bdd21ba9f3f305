import { index, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { Actor, Via } from './audit.ts'
import { flags } from './flags.ts'
import { environments, projects } from './projects.ts'

/** An edit that waits for a second person, in an environment that wants one. */
export const changeRequests = pgTable(
  'change_requests',
  {
    id: uuid().primaryKey().defaultRandom(),
    projectId: uuid()
      .notNull()
      .references(() => projects.id),
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    flagId: uuid()
      .notNull()
      .references(() => flags.id),
    /** JSON Merge Patch of the configuration, as an edit would send it. */
    patch: jsonb().$type<unknown>().notNull(),
    /** Version of the configuration that the patch starts from: when that moves on, an approval no longer holds. */
    baseVersion: integer().notNull(),
    /** What it does, in words; told anew whenever the request is edited. */
    sentence: text().notNull(),
    /** Where the edit comes from if it is no plain one: an earlier version. */
    origin: jsonb().$type<{ action: string; note: string }>(),
    reason: text(),
    via: text().$type<Via>().notNull(),
    state: text().$type<'open' | 'applied' | 'rejected' | 'withdrawn'>().notNull().default('open'),
    /** What If-Match compares: grows with each edit of the request, and an approval names it. */
    version: integer().notNull().default(1),
    /** Everybody who wrote it, who asked for it first: none of them can approve it. */
    authors: jsonb().$type<Actor[]>().notNull(),
    approvedBy: jsonb().$type<Actor>(),
    approvedAt: timestamp({ withTimezone: true }),
    /** Who applied, rejected or withdrew it, and why. */
    decidedBy: jsonb().$type<Actor>(),
    decidedAt: timestamp({ withTimezone: true }),
    decisionReason: text(),
    /** The version that it became. */
    appliedVersion: integer(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('change_requests_environment_created').on(table.environmentId, table.createdAt)],
)
