import { pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { environments } from './projects.ts'

/** Signs the QA links of an environment; made with its first link. A table of its own, so that no list of environments shows it. */
export const qaLinkKeys = pgTable('qa_link_keys', {
  environmentId: uuid()
    .primaryKey()
    .references(() => environments.id),
  /** The 32 bytes of the Ed25519 public key, base64url. Goes to server SDKs with the snapshot. */
  publicKey: text().notNull(),
  /** PKCS #8, base64. */
  privateKey: text().notNull(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
})
