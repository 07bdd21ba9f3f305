import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { listDumps } from './dumps.ts'

/** Where things lie below RAMPART_DATA_DIR. */
export function layoutOf(dataDir: string): { database: string; dumps: string } {
  return { database: join(dataDir, 'database'), dumps: join(dataDir, 'dumps') }
}

/**
 * Where a replica keeps its copy of what it serves. Named after the database, so that another DATABASE_URL never serves
 * the flags of the former one; user and password do not count, they are rotated.
 */
export function copyDirectoryOf(dataDir: string, databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl)
  return join(dataDir, `copy-${createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 16)}`)
}

/** The embedded database cannot be opened. The message says how to bring the newest dump back. */
export class StorageBroken extends Error {}

/** Builds the refusal for a directory that does not open. Nothing was changed in it. */
export async function describeBroken(dataDir: string, cause: unknown): Promise<StorageBroken> {
  const { database, dumps } = layoutOf(dataDir)
  const [newest] = await listDumps(dumps)
  const why = cause instanceof Error ? cause.message : String(cause)
  const way = newest
    ? `The newest dump is ${newest}. To go back to it run\n  npm run restore -- ${newest}\nThe broken directory is kept beside it.`
    : `There is no dump in ${dumps}. Move ${database} away to start with an empty database.`
  return new StorageBroken(`The embedded database in ${database} cannot be opened: ${why}\n${way}`, { cause })
}
