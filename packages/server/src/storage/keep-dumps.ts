import type { PGlite } from '@electric-sql/pglite'
import type { Logger } from 'pino'
import { listDumps, writeDump } from './dumps.ts'

const HOUR_MS = 60 * 60_000

export interface DumpKeeper {
  /** Writes a last dump, if something changed since the one before. */
  close(): Promise<void>
}

/** Writes a dump every hour in which something changed. A failing dump is logged; the service goes on. */
export async function keepDumps(client: PGlite, directory: string, log: Logger): Promise<DumpKeeper> {
  let dumpedAt = (await listDumps(directory)).length > 0 ? await positionOf(client) : null

  async function dumpIfChanged(): Promise<void> {
    try {
      const position = await positionOf(client)
      if (position === dumpedAt) return
      await writeDump(client, directory)
      dumpedAt = position
    } catch (error) {
      log.error({ err: error, directory }, 'the dump could not be written; the one before is kept')
    }
  }

  const timer = setInterval(() => void dumpIfChanged(), HOUR_MS)
  timer.unref()
  return {
    async close() {
      clearInterval(timer)
      await dumpIfChanged()
    },
  }
}

/** Where the database's log stands: it moves with every write. */
async function positionOf(client: PGlite): Promise<string> {
  const { rows } = await client.query<{ position: string }>('select pg_current_wal_insert_lsn()::text as position')
  return rows[0]?.position ?? ''
}
