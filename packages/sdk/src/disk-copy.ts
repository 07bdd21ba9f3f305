// The last-known-good on disk, for a process that starts while the service is away. The same lines as a snapshot of the
// service, so one reader, with its counts against torn files, serves both. Only here does the SDK touch `node:` modules,
// and only when a folder is given.
import { readSnapshot, type ReadSnapshot } from './read-snapshot.ts'
import { lineOf } from './flag-row.ts'
import type { HeldRows } from './held-rows.ts'
import { messageOf, unref } from './service.ts'
import type { OnWarning } from './warnings.ts'

const WRITE_AFTER_MS = 1_000
/** No write takes as long: a temporary file of this age was left by a process that was killed in the middle of one. */
const LEFT_BEHIND_MS = 60 * 60_000

export interface DiskCopy {
  /** Undefined when there is none that can be used; `ageMs` is the time since it was written. */
  read(): Promise<{ snapshot: ReadSnapshot; ageMs: number } | undefined>
  /** Writes what is held, a moment later, once for many changes. */
  writeSoon(): void
  /** Writes now what is still to be written. */
  close(): Promise<void>
}

export interface DiskOptions {
  folder: string
  url: string
  sdkKey: string
  rows: HeldRows
  pause(): Promise<void>
  warn: OnWarning
}

export function createDiskCopy({ folder, url, sdkKey, rows, pause, warn }: DiskOptions): DiskCopy {
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing: Promise<void> = Promise.resolve()
  let hasSwept = false

  async function filePath(): Promise<string> {
    const { join } = await import('node:path')
    return join(folder, `rampart-${await fingerprint(url, sdkKey)}.ndjson`)
  }

  async function read() {
    const { open } = await import('node:fs/promises')
    let path = folder
    try {
      path = await filePath()
      const file = await open(path, 'r')
      try {
        const { mtimeMs } = await file.stat()
        const snapshot = await readSnapshot(file.createReadStream({ autoClose: false }), pause)
        return { snapshot, ageMs: Math.max(0, Date.now() - mtimeMs) }
      } finally {
        await file.close()
      }
    } catch (error) {
      if (!isMissing(error)) warn(`the copy on disk (${path}) cannot be used: ${messageOf(error)}`)
      return undefined
    }
  }

  async function write(): Promise<void> {
    if (!rows.cursor) return
    const text = await linesOf(rows, pause)
    const { mkdir, open, rename, unlink } = await import('node:fs/promises')
    try {
      const path = await filePath()
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const temporary = `${path}.${crypto.randomUUID()}.tmp`
      try {
        const file = await open(temporary, 'wx', 0o600)
        try {
          await file.writeFile(text)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(temporary, path)
      } catch (error) {
        await unlink(temporary).catch(() => undefined)
        throw error
      }
      if (!hasSwept) await sweep(path)
      hasSwept = true
    } catch (error) {
      warn(`the copy on disk cannot be written to ${folder}: ${messageOf(error)}`)
    }
  }

  /** Processes that are killed again and again while they write would fill the disk with their halves. */
  async function sweep(path: string): Promise<void> {
    const [{ readdir, stat, unlink }, { basename, join }] = await Promise.all([
      import('node:fs/promises'),
      import('node:path'),
    ])
    for (const name of await readdir(folder)) {
      if (!name.startsWith(`${basename(path)}.`) || !name.endsWith('.tmp')) continue
      const file = join(folder, name)
      if (Date.now() - (await stat(file)).mtimeMs > LEFT_BEHIND_MS) await unlink(file)
    }
  }

  function writeNow(): void {
    timer = undefined
    writing = writing
      .then(write)
      .catch((error: unknown) => warn(`the copy on disk cannot be written: ${messageOf(error)}`))
  }

  return {
    read,
    writeSoon() {
      timer ??= unref(setTimeout(writeNow, WRITE_AFTER_MS))
    },
    async close() {
      if (timer !== undefined) {
        clearTimeout(timer)
        writeNow()
      }
      await writing
    },
  }
}

async function linesOf(rows: HeldRows, pause: () => Promise<void>): Promise<string> {
  const { cursor, project, environment, linkKey } = rows
  // Taken in one go: rows are replaced whole, never changed, so what is listed here stays one moment's truth.
  const [segments, flags] = [[...rows.segments.values()], [...rows.flags.values()]]
  const end = { flags: flags.length, segments: segments.length }
  const lines = [JSON.stringify({ rampart: 1, ...cursor, project, environment, linkKey, empty: end.flags === 0 })]
  for (const segment of segments) {
    lines.push(JSON.stringify({ segment }))
    await pause()
  }
  for (const row of flags) lines.push(lineOf(row))
  lines.push(JSON.stringify({ end }), '')
  return lines.join('\n')
}

/** Tells environments apart without giving the key away: it is random enough that nobody can try them all. */
async function fingerprint(url: string, sdkKey: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`${url}\n${sdkKey}`))
  return [...new Uint8Array(digest).subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
