import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { Role } from '../../access/roles.ts'
import { environments, projects } from './projects.ts'

/** Secrets are 256 random bits, so a plain SHA-256 is enough; they are shown once and never stored. */
export const apiTokens = pgTable('api_tokens', {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull(),
  prefix: text().notNull(),
  hash: text().notNull().unique(),
  /** True for the token of RAMPART_ADMIN_TOKEN: another value at the next start revokes it. */
  fromEnvironment: boolean().notNull().default(false),
  /** What it may do, as in a grant of a person; see access/roles.ts. */
  role: text().$type<Role>().notNull().default('admin'),
  production: boolean().notNull().default(true),
  kill: boolean().notNull().default(true),
  /** Null means every project. */
  projectId: uuid().references(() => projects.id),
  /** The only environments it may touch; null means all of the project. */
  environmentIds: uuid().array(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  createdBy: text().notNull().default(''),
  expiresAt: timestamp({ withTimezone: true }),
  rotatedAt: timestamp({ withTimezone: true }),
  /** Written at most once a minute. */
  lastUsedAt: timestamp({ withTimezone: true }),
  revokedAt: timestamp({ withTimezone: true }),
})

export const sessions = pgTable(
  'sessions',
  {
    /** SHA-256 of the cookie's value. */
    hash: text().primaryKey(),
    tokenId: uuid()
      .notNull()
      .references(() => apiTokens.id),
    /** Who the person said they are; shown in the history next to the token's name. */
    name: text().notNull().default(''),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    lastSeenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [index('sessions_expires_at').on(table.expiresAt)],
)

export const sdkKeys = pgTable('sdk_keys', {
  id: uuid().primaryKey().defaultRandom(),
  environmentId: uuid()
    .notNull()
    .references(() => environments.id),
  kind: text().$type<'server' | 'client'>().notNull(),
  name: text().notNull(),
  /** Pages that may use a client key, see access/page-origins.ts; none for pages of any origin. */
  origins: text().array().notNull().default(sql`'{}'::text[]`),
  prefix: text().notNull(),
  hash: text().notNull().unique(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  createdBy: text().notNull().default(''),
  /** Set when it is rotated (the end of the overlap), or chosen when it is made. */
  expiresAt: timestamp({ withTimezone: true }),
  /** When another key took its place; it goes on until `expiresAt`. */
  rotatedAt: timestamp({ withTimezone: true }),
  /** Written at most once a minute, also while nothing but streams is open. */
  lastUsedAt: timestamp({ withTimezone: true }),
  revokedAt: timestamp({ withTimezone: true }),
})
