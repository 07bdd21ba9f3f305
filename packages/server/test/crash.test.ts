import { rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listDumps } from '../src/storage/dumps.ts'
import { crashLoop } from './crash-loop.ts'
import { createTestDatabase, createTestDataDir } from './harness.ts'
import { type ServerProcess, startProcess } from './server-process.ts'

/** Processes take their time where many run: only an end that never comes is a failure. */
const PATIENCE_MS = 180_000

describe('SIGKILL right after an acknowledged change', () => {
  const nothingLost = { times: 3, lost: [], failedStarts: 0, historyIsIntact: true }

  it(
    'loses nothing on Postgres',
    async () => {
      expect(await crashLoop('postgres', { DATABASE_URL: await createTestDatabase() }, 3)).toMatchObject(nothingLost)
    },
    PATIENCE_MS,
  )

  it(
    'loses nothing on the embedded store',
    async () => {
      const folder = await createTestDataDir()
      expect(await crashLoop('embedded', { RAMPART_DATA_DIR: folder }, 3)).toMatchObject(nothingLost)
      await rm(folder, { recursive: true, force: true })
    },
    PATIENCE_MS,
  )
})

describe('a server process', () => {
  let folder: string
  const running: ServerProcess[] = []
  beforeEach(async () => {
    folder = await createTestDataDir()
  })
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })
  const start = async (env: Record<string, string>) => {
    const server = await startProcess(env)
    running.push(server)
    return server
  }

  it(
    'stops on SIGTERM with code 0, its streams ended, its port free and a dump written',
    async () => {
      const server = await start({ RAMPART_DATA_DIR: folder, RAMPART_ADMIN_TOKEN: 'stop-test-admin-token' })
      const headers = { authorization: 'Bearer stop-test-admin-token' }
      const events = await fetch(`${server.url}/api/v1/projects/default/events`, { headers })
      expect(events.status).toBe(200)
      const ended = events.text().catch(() => 'cut')
      const before = performance.now()
      expect(await server.stop('SIGTERM')).toBe(0)
      expect(performance.now() - before).toBeLessThan(5000)
      await ended
      await expect(reach(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      expect(await listDumps(join(folder, 'dumps'))).toHaveLength(1)
    },
    PATIENCE_MS,
  )

  it(
    'shows a set-up link until somebody used it, and what the storage promises',
    async () => {
      const first = await start({ RAMPART_DATA_DIR: folder })
      expect(first.output()).toContain('survives a crash, not a power cut')
      const secret = /\/set-up#(\S+)/.exec(first.output())?.[1]
      const setUp = () =>
        fetch(`${first.url}/api/v1/set-up`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: first.url },
          body: JSON.stringify({ secret, name: 'Ada', email: 'ada@shop.test', password: 'a few unrelated words' }),
        })
      expect((await setUp()).status).toBe(201)
      expect((await setUp()).status).toBeGreaterThanOrEqual(400)
      await first.stop('SIGTERM')
      const second = await start({ RAMPART_DATA_DIR: folder })
      expect(second.output()).not.toContain('set-up')
    },
    PATIENCE_MS,
  )

  it(
    'says what is wrong and ends when it cannot start',
    async () => {
      await expect(start({ PORT: 'x' })).rejects.toThrow(/code 1 .*\n.*PORT must be a whole number/)
      const attempt = start({ DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/none' })
      await expect(attempt).rejects.toThrow(/database of DATABASE_URL cannot be reached/)
      await expect(attempt).rejects.not.toThrow(/secret/)
      await start({ RAMPART_DATA_DIR: folder })
      await expect(start({ RAMPART_DATA_DIR: folder })).rejects.toThrow(/in use by process \d+ on/)
    },
    PATIENCE_MS,
  )
})

function reach(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', reject)
  })
}
