import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { openEmbeddedStore } from './embedded-store.ts'
import { openPostgresStore } from './postgres-store.ts'
import type { Store } from './store.ts'

export type { Db, Store } from './store.ts'

/** Opens the store that the configuration names and brings its tables up to date. Rejects when it cannot. */
export async function openStore(config: Config, log: Logger): Promise<Store> {
  return config.databaseUrl ? openPostgresStore(config.databaseUrl, log) : openEmbeddedStore(config.dataDir, log)
}
