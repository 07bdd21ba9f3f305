// npm run restore -- <dump>       brings a dump of the embedded database back
// npm run restore -- new-epoch    after PostgreSQL (DATABASE_URL) was restored from a backup by its own tools
import { pino } from 'pino'
import { type Config, readConfig } from './config.ts'
import { openPostgresStore } from './db/postgres-store.ts'
import { restoreDump } from './storage/restore-dump.ts'
import { startNewEpochs } from './storage/start-new-epochs.ts'

/** Does what the argument says and returns what to tell. */
async function restore(argument: string | undefined, { dataDir, databaseUrl }: Config): Promise<string> {
  if (databaseUrl === undefined) {
    if (argument === undefined) throw new Error('Name the dump: npm run restore -- .rampart/dumps/rampart-....tar.gz')
    const { kept, environments } = await restoreDump(dataDir, argument)
    const aside = kept ? `\nThe directory that was there before is kept as ${kept}.` : ''
    return `Restored ${argument} into ${dataDir}; ${environments} environments begin a new epoch.${aside}`
  }
  if (argument !== 'new-epoch') {
    throw new Error(
      'DATABASE_URL is set: restore PostgreSQL with its own tools, then run "npm run restore -- new-epoch". To restore the embedded database, unset DATABASE_URL.',
    )
  }
  const store = await openPostgresStore(databaseUrl, pino({ level: 'silent' }))
  try {
    return `${await startNewEpochs(store.db)} environments begin a new epoch; every SDK will fetch them anew.`
  } finally {
    await store.close()
  }
}

try {
  console.log(await restore(process.argv[2], readConfig(process.env)))
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
