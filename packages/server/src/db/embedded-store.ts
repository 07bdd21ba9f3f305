import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import type { Logger } from 'pino'
import { describeBroken, layoutOf } from '../storage/data-directory.ts'
import { lockDirectory } from '../storage/directory-lock.ts'
import { keepDumps } from '../storage/keep-dumps.ts'
import { migrateEmbedded } from './migrate.ts'
import * as schema from './schema/index.ts'
import { type Db, NOTIFY_CHANNEL, type Store } from './store.ts'

/**
 * Opens the embedded database in `dataDir`, for this process alone, and migrates it. Throws DirectoryInUse, or
 * StorageBroken with the way back.
 */
export async function openEmbeddedStore(dataDir: string, log: Logger): Promise<Store> {
  const lock = await lockDirectory(dataDir)
  try {
    const client = await openDatabase(dataDir)
    const dumps = await keepDumps(client, layoutOf(dataDir).dumps, log)
    return embeddedStore(client, async () => {
      await dumps.close()
      await client.close()
      await lock.release()
    })
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function openDatabase(dataDir: string): Promise<PGlite> {
  try {
    const client = await PGlite.create(layoutOf(dataDir).database)
    await migrateEmbedded(client)
    return client
  } catch (cause) {
    throw await describeBroken(dataDir, cause)
  }
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
    avoidNames() {},
    async prepare() {},
    close,
  }
}
