import type { Condition } from '@rampart/evaluation'
import { index, integer, jsonb, pgTable, primaryKey, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import { bigCount } from './columns.ts'
import { environments, projects } from './projects.ts'

/** A named audience of a project: the same people in every environment. Its key is never used again, as with flags. */
export const segments = pgTable(
  'segments',
  {
    id: uuid().primaryKey().defaultRandom(),
    projectId: uuid()
      .notNull()
      .references(() => projects.id),
    key: text().notNull(),
    name: text().notNull().default(''),
    description: text().notNull().default(''),
    /** Up to 100 000 keys, sorted, each once. */
    included: text().array().notNull().default([]),
    excluded: text().array().notNull().default([]),
    rules: jsonb().$type<Condition[][]>().notNull().default([]),
    version: integer().notNull().default(1),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updatedBy: text().notNull().default(''),
    archivedAt: timestamp({ withTimezone: true }),
  },
  (table) => [unique('segments_project_key').on(table.projectId, table.key)],
)

/** At which revision of each environment a segment last changed. */
export const segmentRevisions = pgTable(
  'segment_revisions',
  {
    segmentId: uuid()
      .notNull()
      .references(() => segments.id),
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    revision: bigCount().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.segmentId, table.environmentId] }),
    index('segment_revisions_environment_revision').on(table.environmentId, table.revision),
  ],
)
