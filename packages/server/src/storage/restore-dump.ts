import { access, readFile, rename, rm } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { embeddedStore } from '../db/embedded-store.ts'
import { migrateEmbedded } from '../db/migrate.ts'
import { layoutOf } from './data-directory.ts'
import { lockDirectory } from './directory-lock.ts'
import { startNewEpochs } from './start-new-epochs.ts'

export interface Restored {
  /** Where the directory that was there before lies now; null when there was none. */
  kept: string | null
  environments: number
}

/**
 * Replaces the embedded database by a dump. What was there is kept beside it. Every environment gets a new epoch:
 * its revisions went back, and SDKs that have seen later ones would otherwise ignore everything to come.
 */
export async function restoreDump(dataDir: string, dump: string, now: Date = new Date()): Promise<Restored> {
  const bytes = await readFile(dump)
  const { database } = layoutOf(dataDir)
  const lock = await lockDirectory(dataDir)
  try {
    const fresh = `${database}.restoring`
    await rm(fresh, { recursive: true, force: true })
    const client = await PGlite.create(fresh, { loadDataDir: new Blob([bytes]) })
    await migrateEmbedded(client)
    const environments = await startNewEpochs(embeddedStore(client, async () => {}).db)
    await client.close()
    const kept = await setAside(database, now)
    await rename(fresh, database)
    return { kept, environments }
  } finally {
    await lock.release()
  }
}

async function setAside(database: string, now: Date): Promise<string | null> {
  const exists = await access(database).then(
    () => true,
    () => false,
  )
  if (!exists) return null
  const kept = `${database}.before-restore-${now.toISOString().replaceAll(':', '-')}`
  await rename(database, kept)
  return kept
}
