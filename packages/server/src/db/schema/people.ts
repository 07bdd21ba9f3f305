// People and how they sign in. The names of fields are those of better-auth, which reads and writes these tables;
// nothing in them opens anything by itself: session tokens and links are hashed, second factors are encrypted.
import { boolean, index, integer, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core'
import type { Role } from '../../access/roles.ts'
import { projects } from './projects.ts'

const when = () => timestamp({ withTimezone: true })

export const people = pgTable('people', {
  id: uuid().primaryKey().defaultRandom(),
  name: text().notNull(),
  /** In lower case. */
  email: text().notNull().unique(),
  /** True when an identity provider vouched for it, or an invitation to it was accepted. */
  emailVerified: boolean().notNull().default(false),
  image: text(),
  twoFactorEnabled: boolean().notNull().default(false),
  createdAt: when().notNull().defaultNow(),
  updatedAt: when().notNull().defaultNow(),
  /** Somebody who left: the history keeps the name, nothing opens any more. */
  removedAt: when(),
})

export const personSessions = pgTable(
  'person_sessions',
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid('person_id')
      .notNull()
      .references(() => people.id),
    /** SHA-256 of the token in the cookie. */
    token: text().notNull().unique(),
    createdAt: when().notNull().defaultNow(),
    updatedAt: when().notNull().defaultNow(),
    /** Written at most once a minute. */
    lastSeenAt: when().notNull().defaultNow(),
    expiresAt: when().notNull(),
    ipAddress: text(),
    userAgent: text(),
  },
  (table) => [
    index('person_sessions_person').on(table.userId),
    index('person_sessions_expires_at').on(table.expiresAt),
  ],
)

/** One row per way to sign in: a password (as scrypt), or the `sub` at an identity provider. */
export const personAccounts = pgTable(
  'person_accounts',
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid('person_id')
      .notNull()
      .references(() => people.id),
    accountId: text().notNull(),
    providerId: text().notNull(),
    accessToken: text(),
    refreshToken: text(),
    idToken: text(),
    accessTokenExpiresAt: when(),
    refreshTokenExpiresAt: when(),
    scope: text(),
    password: text(),
    createdAt: when().notNull().defaultNow(),
    updatedAt: when().notNull().defaultNow(),
  },
  (table) => [
    unique('person_accounts_provider_account').on(table.providerId, table.accountId),
    index('person_accounts_person').on(table.userId),
  ],
)

/** Steps of a sign-in that are under way: second factors, the state of a visit to an identity provider. */
export const signInSteps = pgTable(
  'sign_in_steps',
  {
    id: uuid().primaryKey().defaultRandom(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: when().notNull(),
    createdAt: when().notNull().defaultNow(),
    updatedAt: when().notNull().defaultNow(),
  },
  (table) => [index('sign_in_steps_identifier').on(table.identifier)],
)

export const secondFactors = pgTable(
  'second_factors',
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid('person_id')
      .notNull()
      .references(() => people.id),
    /** Encrypted with the installation's secret, as the backup codes are. */
    secret: text().notNull(),
    backupCodes: text().notNull(),
    verified: boolean().notNull().default(true),
    failedVerificationCount: integer().notNull().default(0),
    lockedUntil: when(),
  },
  (table) => [index('second_factors_person').on(table.userId)],
)

/** What a person may do in a project, or with `projectId` null in all of them. See access/roles.ts. */
export const grants = pgTable(
  'grants',
  {
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    projectId: uuid().references(() => projects.id),
    role: text().$type<Role>().notNull(),
    production: boolean().notNull(),
    kill: boolean().notNull(),
    createdAt: when().notNull().defaultNow(),
    createdBy: text().notNull(),
  },
  (table) => [unique('grants_person_project').on(table.personId, table.projectId).nullsNotDistinct()],
)

/** What a person may do by a group at the identity provider, as it was said at the last sign-in there. */
export const groupGrants = pgTable(
  'group_grants',
  {
    id: uuid().primaryKey().defaultRandom(),
    personId: uuid()
      .notNull()
      .references(() => people.id),
    projectId: uuid().references(() => projects.id),
    group: text('group_name').notNull(),
    role: text().$type<Role>().notNull(),
    production: boolean().notNull(),
    kill: boolean().notNull(),
    createdAt: when().notNull().defaultNow(),
  },
  (table) => [unique('group_grants_place').on(table.personId, table.projectId, table.group).nullsNotDistinct()],
)

/** A link that lets one person in once. Only its hash is here: the link is shown when it is made. */
export const invitations = pgTable('invitations', {
  id: uuid().primaryKey().defaultRandom(),
  hash: text().notNull().unique(),
  email: text().notNull(),
  projectId: uuid().references(() => projects.id),
  role: text().$type<Role>().notNull(),
  production: boolean().notNull(),
  kill: boolean().notNull(),
  createdAt: when().notNull().defaultNow(),
  createdBy: text().notNull(),
  expiresAt: when().notNull(),
  acceptedAt: when(),
  revokedAt: when(),
})

/** Hashes of the links that a start without any person prints. The first one used removes them all. */
export const setUpLinks = pgTable('set_up_links', {
  hash: text().primaryKey(),
  expiresAt: when().notNull(),
})

/** Failed sign-ins by account and by network, counted here because several replicas answer. */
export const signInFailures = pgTable('sign_in_failures', {
  /** SHA-256 of what is counted: no list of addresses is kept. */
  key: text().primaryKey(),
  count: integer().notNull(),
  windowEndsAt: when().notNull(),
})

/** Values that all replicas share and nobody chose, such as the secret that signs cookies when RAMPART_SECRET is unset. */
export const installationValues = pgTable('installation_values', {
  name: text().primaryKey(),
  value: text().notNull(),
})
