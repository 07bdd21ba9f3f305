import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What stands at the end of a file that is being written. */
export const PART_SUFFIX = '.part'

/**
 * Replaces a file so that its name never stands for half of it, whatever happens: temporary file, fsync, rename, fsync of
 * the directory. Only its owner can read it. Rejects with the system's error, and the former file is then still there.
 */
export async function writeDurably(file: string, bytes: Buffer): Promise<void> {
  // Several processes may write the same file: each has a part of its own.
  const part = `${file}.${randomUUID()}${PART_SUFFIX}`
  try {
    const handle = await open(part, 'w', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true }).catch(() => {})
    throw error
  }
  await syncDirectory(dirname(file))
}

/** Only then is the new name itself on the disk. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
