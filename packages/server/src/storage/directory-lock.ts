import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

/** A lock without a heartbeat for this long belongs to nobody. */
const STALE_AFTER_MS = 10_000

export interface LockOwner {
  pid: number
  host: string
  /** Tells this lock from a later one of a process that was given the same pid. */
  id: string
  since: string
}

/** Another process has the directory; the message names it. */
export class DirectoryInUse extends Error {
  constructor(directory: string, owner: LockOwner | null) {
    const who = owner ? `process ${owner.pid} on ${owner.host}, since ${owner.since}` : 'another process'
    super(
      `The data directory ${directory} is in use by ${who}. The embedded database takes one process only: stop that one, choose another RAMPART_DATA_DIR, or set DATABASE_URL to run several on one PostgreSQL.`,
    )
  }
}

/** Locks that this process holds now. */
const ownLocks = new Set<string>()

export interface DirectoryLock {
  release(): Promise<void>
}

/**
 * Takes a directory for this process alone. The embedded database has no lock of its own: two processes would open it
 * without a word and destroy it. Throws DirectoryInUse.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'lock')
  const owner: LockOwner = { pid: process.pid, host: hostname(), id: randomUUID(), since: new Date().toISOString() }
  if (!(await create(file, owner))) await takeOver(directory, file, owner)
  ownLocks.add(owner.id)
  // In a thread of its own: opening the database keeps the event loop busy for seconds, and the heart must not stop.
  const heart = new Worker(new URL('./heartbeat.ts', import.meta.url), { workerData: { file } })
  heart.unref()
  return {
    async release() {
      await heart.terminate()
      ownLocks.delete(owner.id)
      if ((await readOwner(file))?.id === owner.id) await rm(file, { force: true })
    },
  }
}

/** Creates the lock if there is none. */
async function create(file: string, owner: LockOwner): Promise<boolean> {
  try {
    const handle = await open(file, 'wx')
    await handle.writeFile(JSON.stringify(owner))
    await handle.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Replaces a lock whose owner is gone. A second file lets only one process at a time look and replace. */
async function takeOver(directory: string, file: string, owner: LockOwner): Promise<void> {
  const guard = `${file}.takeover`
  if ((await ageOf(guard)) > STALE_AFTER_MS) await rm(guard, { force: true })
  if (!(await create(guard, owner))) throw new DirectoryInUse(directory, await readOwner(file))
  try {
    const present = await readOwner(file)
    if (!(await isAbandoned(file, present))) throw new DirectoryInUse(directory, present)
    await rm(file, { force: true })
    if (!(await create(file, owner))) throw new DirectoryInUse(directory, await readOwner(file))
  } finally {
    await rm(guard, { force: true })
  }
}

async function isAbandoned(file: string, owner: LockOwner | null): Promise<boolean> {
  if ((await ageOf(file)) > STALE_AFTER_MS) return true
  if (owner?.host !== hostname()) return false
  // A restarted container gives the same pid to the next process: the lock of "ourselves" is that of a dead one.
  return owner.pid === process.pid ? !ownLocks.has(owner.id) : !isAlive(owner.pid)
}

/** Milliseconds since the last heartbeat; 0 for a file that is not there (any more). */
async function ageOf(file: string): Promise<number> {
  const found = await stat(file).catch(() => null)
  return found ? Date.now() - found.mtimeMs : 0
}

async function readOwner(file: string): Promise<LockOwner | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockOwner
  } catch {
    return null
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
