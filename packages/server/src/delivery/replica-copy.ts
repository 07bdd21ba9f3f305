import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { HashedSdkKey } from '../access/sdk-key-lookup.ts'
import { PART_SUFFIX, writeDurably } from '../storage/write-durably.ts'
import { decodeCopy, encodeCopyHead } from './encode-copy.ts'
import type { EnvironmentFeed } from './environment-feed.ts'
import type { EnvironmentState } from './environment-state.ts'

/** A burst of changes becomes one file. Short, because a kill must outlast the replica as well. */
const GATHER_MS = 100
/** Large environments are written for at most a tenth of the time. */
const REST = 10
/** A part that old was left behind by a process that is gone. */
const STALE_PART_MS = 60 * 60_000

const KEYS_FILE = 'keys.json'
const ENVIRONMENT_FILE = /^environment-[0-9a-f-]{36}\.ndjson$/

/** What a replica served when it last wrote. */
export interface Copied {
  environments: EnvironmentState[]
  keys: HashedSdkKey[]
  /** When the newest file was written. */
  at: Date
}

/**
 * This replica's own copy of what it serves, on its own disk: with it, it starts and serves without the database. It
 * holds the hashes of SDK keys, so that streams and snapshots authenticate, and no secret.
 */
export interface ReplicaCopy {
  /** Undefined when there is nothing to serve. Files that cannot be read are left out, and the log says so. */
  read(): Promise<Copied | undefined>
  /** Writes an environment as it stands in a moment. */
  keep(feed: EnvironmentFeed): void
  keepKeys(keys: HashedSdkKey[]): void
  /** What is wrong with writing, in words. */
  problem(): string | undefined
  /** Writes what waits. */
  close(): Promise<void>
}

export function openReplicaCopy(directory: string, log: Logger): ReplicaCopy {
  /** Files to write, with what makes their bytes when it is their turn. */
  const waiting = new Map<string, () => Promise<Buffer>>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let restMs = GATHER_MS
  let problem: string | undefined

  function plan(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      writing = writing.then(writeAll)
    }, restMs)
  }

  async function writeAll(): Promise<void> {
    const startedAt = performance.now()
    const taken = [...waiting]
    waiting.clear()
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      for (const [name, bytes] of taken) await writeDurably(join(directory, name), await bytes())
      problem = undefined
    } catch (error) {
      // A full or read-only disk must not disturb delivery; the next change tries again.
      if (!problem) log.error({ err: error, directory }, 'the copy for a start without the database cannot be written')
      problem = 'the copy for a start without the database cannot be written; the log says why'
    }
    restMs = Math.max(GATHER_MS, (performance.now() - startedAt) * REST)
    if (waiting.size > 0) plan()
  }

  function keep(name: string, bytes: () => Promise<Buffer>): void {
    waiting.set(name, bytes)
    plan()
  }

  async function readEnvironment(name: string): Promise<EnvironmentState | undefined> {
    try {
      return decodeCopy(await readFile(join(directory, name), 'utf8'))
    } catch (error) {
      log.error({ err: error, directory, name }, 'an environment of the copy cannot be read and is not served')
      return undefined
    }
  }

  async function readKeys(): Promise<HashedSdkKey[]> {
    try {
      return JSON.parse(await readFile(join(directory, KEYS_FILE), 'utf8')) as HashedSdkKey[]
    } catch (error) {
      log.error({ err: error, directory }, 'the SDK keys of the copy cannot be read: nobody can be let in')
      return []
    }
  }

  return {
    async read() {
      const names = await readdir(directory).catch(() => [])
      await removeStaleParts(directory, names)
      const files = names.filter((name) => ENVIRONMENT_FILE.test(name))
      const environments = (await Promise.all(files.map(readEnvironment))).filter((state) => state !== undefined)
      if (environments.length === 0) return undefined
      const written = await Promise.all(files.map(async (name) => (await stat(join(directory, name))).mtimeMs))
      return { environments, keys: await readKeys(), at: new Date(Math.max(...written)) }
    },
    keep(feed) {
      keep(`environment-${feed.state.id}.ndjson`, async () => {
        const { state, snapshot } = feed
        return Buffer.concat([encodeCopyHead(state), await snapshot.body('identity')])
      })
    },
    keepKeys: (keys) => keep(KEYS_FILE, async () => Buffer.from(JSON.stringify(keys))),
    problem: () => problem,
    async close() {
      clearTimeout(timer)
      await writing
      if (waiting.size > 0) await writeAll()
      clearTimeout(timer)
    },
  }
}

async function removeStaleParts(directory: string, names: string[]): Promise<void> {
  for (const name of names.filter((candidate) => candidate.endsWith(PART_SUFFIX))) {
    const file = join(directory, name)
    const age = Date.now() - (await stat(file).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs
    if (age > STALE_PART_MS) await rm(file, { force: true })
  }
}
