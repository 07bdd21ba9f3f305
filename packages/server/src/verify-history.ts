// npm run verify-history                           walks the history of every project in the database
// npm run verify-history -- history.ndjson         walks an exported one, without any database
// npm run verify-history -- [file] --kept <hash>   and tells whether that is still the history which ended with the hash
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { type ChainCheck, checkChain, type StoredEntry, verifyChain } from './audit/chain.ts'
import { type Config, readConfig } from './config.ts'

/** Checks an exported history by what stands in the file alone. */
async function verifyFile(path: string, kept: string | undefined): Promise<ChainCheck> {
  let head: { seq: number; hash: string } | undefined
  async function* entries(): AsyncGenerator<StoredEntry> {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === '') continue
      const { entry, hash, head: last } = JSON.parse(line)
      if (last) head = last
      else yield { fields: entry, hash }
    }
  }
  return checkChain(entries(), () => head, kept)
}

/** Checks every project of the database; a kept hash has to be in one of them. */
async function verifyDatabase(config: Config, kept: string | undefined): Promise<[string, ChainCheck][]> {
  // Not at the top: an exported history is checked without loading any database.
  const { openStore } = await import('./db/client.ts')
  const store = await openStore(config, pino({ level: 'silent' }))
  try {
    const projects = await store.db.query.projects.findMany({ columns: { id: true, key: true } })
    const checks: [string, ChainCheck][] = []
    for (const { id, key } of projects) checks.push([key, await verifyChain(store.db, id)])
    if (kept === undefined || checks.some(([, check]) => !check.intact)) return checks
    const withKept: [string, ChainCheck][] = []
    for (const { id, key } of projects) withKept.push([key, await verifyChain(store.db, id, kept)])
    return withKept.some(([, check]) => check.intact) ? withKept.filter(([, check]) => check.intact) : withKept
  } finally {
    await store.close()
  }
}

function describe([name, check]: [string, ChainCheck]): string {
  if (!check.intact) return `${name}: BROKEN at entry ${check.brokenAt}. ${check.message}`
  const kept = check.keptAt === undefined ? '' : ` The hash that you kept is entry ${check.keptAt}.`
  return `${name}: whole, ${check.entries} entries, head ${check.head || '(none)'}.${kept}`
}

try {
  const { values, positionals } = parseArgs({ options: { kept: { type: 'string' } }, allowPositionals: true })
  const [file] = positionals
  const checks: [string, ChainCheck][] =
    file === undefined
      ? await verifyDatabase(readConfig(process.env), values.kept)
      : [[file, await verifyFile(file, values.kept)]]
  console.log(checks.map(describe).join('\n'))
  process.exit(checks.every(([, check]) => check.intact) ? 0 : 1)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(2)
}
