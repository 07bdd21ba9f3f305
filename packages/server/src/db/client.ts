import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { openEmbeddedStore } from './embedded-store.ts'
import { connectPostgresStore } from './postgres-store.ts'
import type { Store } from './store.ts'

export type { Db, Store } from './store.ts'

/**
 * Opens the store that the configuration names. The embedded one is ready then; Postgres is not even asked before
 * `prepare`. Rejects when it cannot.
 */
export async function openStore(config: Config, log: Logger): Promise<Store> {
  return config.databaseUrl ? connectPostgresStore(config.databaseUrl, log) : openEmbeddedStore(config.dataDir, log)
}
