import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import type { Logger } from 'pino'
import { type Db, NOTIFY_CHANNEL, type Store } from './store.ts'
import { migrateEmbedded } from './migrate.ts'
import * as schema from './schema/index.ts'

/** Opens the embedded database in `dataDir` and migrates it. */
export async function openEmbeddedStore(dataDir: string, _log: Logger): Promise<Store> {
  const client = await PGlite.create(dataDir)
  await migrateEmbedded(client)
  return embeddedStore(client, () => client.close())
}

/** A store over an open PGlite: one session, so a query waits for whatever transaction is open. */
export function embeddedStore(client: PGlite, close: () => Promise<void>): Store {
  const db = drizzle(client, { schema, casing: 'snake_case' }) as unknown as Db
  return {
    kind: 'embedded',
    db,
    killDb: db,
    async listen(onNotify, onListening) {
      const unlisten = await client.listen(NOTIFY_CHANNEL, onNotify)
      onListening()
      return unlisten
    },
    close,
  }
}
