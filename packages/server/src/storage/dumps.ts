import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { writeDurably } from './write-durably.ts'

const KEPT = 3
const NAME = /^rampart-.*\.tar\.gz$/

/**
 * Writes a dump of the whole database and removes all but the three newest. The file appears under its name only when
 * it is complete and on the disk: unlike the database itself, a dump survives a power cut.
 */
export async function writeDump(client: PGlite, directory: string, now: Date = new Date()): Promise<string> {
  await mkdir(directory, { recursive: true })
  const dump = await client.dumpDataDir('gzip')
  const file = join(directory, `rampart-${now.toISOString().replaceAll(':', '-')}.tar.gz`)
  await writeDurably(file, Buffer.from(await dump.arrayBuffer()))
  for (const old of (await listDumps(directory)).slice(KEPT)) await rm(old, { force: true })
  return file
}

/** Paths of all complete dumps, newest first. */
export async function listDumps(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  const dumps = names.filter((name) => NAME.test(name))
  // Their names begin with the time, so the order of names is the order of times.
  return dumps
    .sort()
    .toReversed()
    .map((name) => join(directory, name))
}
