// The embedded database: one process, dumps, and the way back.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openEmbeddedStore } from '../src/db/embedded-store.ts'
import { environments, projects } from '../src/db/schema/index.ts'
import { layoutOf, StorageBroken } from '../src/storage/data-directory.ts'
import { DirectoryInUse, lockDirectory } from '../src/storage/directory-lock.ts'
import { listDumps } from '../src/storage/dumps.ts'
import { createTestDatabase, createTestDataDir } from './harness.ts'
import { restoreDump } from '../src/storage/restore-dump.ts'

const log = pino({ level: 'silent' })
let folder: string
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the lock of a data directory', () => {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rampart-lock-'))
  })

  const lockOf = (owner: object) =>
    writeFile(join(folder, 'lock'), JSON.stringify({ id: 'x', since: 'then', ...owner }))

  it('refuses a second owner and names the first', async () => {
    const lock = await lockDirectory(folder)
    await expect(lockDirectory(folder)).rejects.toThrow(new RegExp(`process ${process.pid} on ${hostname()}`))
    await expect(lockDirectory(folder)).rejects.toBeInstanceOf(DirectoryInUse)
    await lock.release()
    await (await lockDirectory(folder)).release()
    expect(await readdir(folder)).toEqual([])
  })

  it('is taken over at once from a process of this host that is gone', async () => {
    await lockOf({ pid: 2 ** 22 + 1, host: hostname() })
    const lock = await lockDirectory(folder)
    await expect(lockDirectory(folder)).rejects.toThrow(`process ${process.pid}`)
    await lock.release()
  })

  it('is taken over from an earlier process that had our pid, as in a restarted container', async () => {
    await lockOf({ pid: process.pid, host: hostname() })
    const lock = await lockDirectory(folder)
    await expect(lockDirectory(folder)).rejects.toThrow(`process ${process.pid}`)
    await lock.release()
  })

  it('is respected on another host until its heart has stopped for 10 s', async () => {
    await lockOf({ pid: 1, host: 'elsewhere' })
    await expect(lockDirectory(folder)).rejects.toThrow('process 1 on elsewhere')
    const longAgo = new Date(Date.now() - 11_000)
    await utimes(join(folder, 'lock'), longAgo, longAgo)
    await (await lockDirectory(folder)).release()
  })

  it('that was torn in two is respected for 10 s and taken over then', async () => {
    await writeFile(join(folder, 'lock'), '{"pid":')
    await expect(lockDirectory(folder)).rejects.toThrow('in use by another process')
    const longAgo = new Date(Date.now() - 11_000)
    await utimes(join(folder, 'lock'), longAgo, longAgo)
    await (await lockDirectory(folder)).release()
  })

  it('goes to one of many who take it over at the same moment', async () => {
    await lockOf({ pid: 2 ** 22 + 1, host: hostname() })
    const attempts = await Promise.allSettled(Array.from({ length: 10 }, () => lockDirectory(folder)))
    const won = attempts.filter((attempt) => attempt.status === 'fulfilled')
    expect(won).toHaveLength(1)
    for (const { value } of won) await value.release()
  })

  it('keeps beating while the process is too busy to think', async () => {
    const lock = await lockDirectory(folder)
    const longAgo = new Date(Date.now() - 60_000)
    await utimes(join(folder, 'lock'), longAgo, longAgo)
    const busyUntil = Date.now() + 3500
    while (Date.now() < busyUntil);
    expect(Date.now() - (await stat(join(folder, 'lock'))).mtimeMs).toBeLessThan(4000)
    await lock.release()
  })
})

describe('the embedded store', () => {
  beforeEach(async () => {
    folder = await createTestDataDir()
  })

  it('writes a dump at a clean stop, keeps three, and none when nothing changed', async () => {
    for (let index = 0; index < 5; index++) {
      const store = await openEmbeddedStore(folder, log)
      if (index < 4) await store.db.update(projects).set({ name: `name ${index}` })
      await store.close()
    }
    const dumps = await listDumps(layoutOf(folder).dumps)
    expect(dumps).toHaveLength(3)
    expect((await readdir(layoutOf(folder).dumps)).every((name) => name.endsWith('.tar.gz'))).toBe(true)
  }, 60_000)

  it('refuses a broken directory, names the dump, and the dump brings everything back in a new epoch', async () => {
    const store = await openEmbeddedStore(folder, log)
    await store.db.update(projects).set({ name: 'precious' })
    const before = await store.db.select().from(environments)
    await store.close()
    const { database, dumps } = layoutOf(folder)
    await writeFile(join(database, 'global', 'pg_control'), 'garbage')
    const [dump = ''] = await listDumps(dumps)

    const attempt = openEmbeddedStore(folder, log)
    await expect(attempt).rejects.toBeInstanceOf(StorageBroken)
    await expect(attempt).rejects.toThrow(`npm run restore -- ${dump}`)

    const { kept, environments: count } = await restoreDump(folder, dump)
    expect(count).toBe(3)
    expect(await readdir(kept ?? '')).toContain('PG_VERSION')
    const restored = await openEmbeddedStore(folder, log)
    expect(await restored.db.select({ name: projects.name }).from(projects)).toEqual([{ name: 'precious' }])
    for (const { id, epoch } of await restored.db.select().from(environments)) {
      expect(epoch > (before.find((row) => row.id === id)?.epoch ?? 'z')).toBe(true)
    }
    await restored.close()
  }, 60_000)

  it('refuses a dump that is none and leaves everything as it was', async () => {
    const store = await openEmbeddedStore(folder, log)
    await store.close()
    const nonsense = join(folder, 'nonsense.tar.gz')
    await writeFile(nonsense, 'not a dump')
    await expect(restoreDump(folder, nonsense)).rejects.toThrow(/./)
    await (await openEmbeddedStore(folder, log)).close()
  }, 60_000)
})

describe('npm run restore', () => {
  beforeEach(async () => {
    folder = await createTestDataDir()
  })

  const script = fileURLToPath(new URL('../src/restore.ts', import.meta.url))
  const { PATH = '' } = process.env
  const run = (args: string[], env: Record<string, string>) =>
    promisify(execFile)(process.execPath, [script, ...args], { env: { PATH, ...env } }).then(
      ({ stdout }) => stdout,
      (error: { stderr: string }) => error.stderr,
    )

  it('brings a dump back and says where the rest is', async () => {
    const store = await openEmbeddedStore(folder, log)
    await store.close()
    const [dump = ''] = await listDumps(layoutOf(folder).dumps)
    const said = await run([dump], { RAMPART_DATA_DIR: folder })
    expect(said).toMatch(/3 environments begin a new epoch/)
    expect(said).toMatch(/kept as .*before-restore/)
  }, 60_000)

  it('begins a new epoch on PostgreSQL, and says what to do otherwise', async () => {
    const databaseUrl = await createTestDatabase()
    expect(await run(['new-epoch'], { DATABASE_URL: databaseUrl })).toMatch(/3 environments begin a new epoch/)
    expect(await run(['dump.tar.gz'], { DATABASE_URL: databaseUrl })).toMatch(/restore PostgreSQL with its own tools/)
    expect(await run([], { RAMPART_DATA_DIR: folder })).toMatch(/Name the dump/)
    expect(await run(['/none.tar.gz'], { RAMPART_DATA_DIR: folder })).toMatch(/ENOENT/)
  }, 60_000)
})
