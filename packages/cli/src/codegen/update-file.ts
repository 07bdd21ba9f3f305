import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { EXIT, Failure } from '../failure.ts'

export interface Update {
  path: string
  text: string
  /** Whether the text that is there now may be replaced. */
  isOurs(before: string): boolean
}

/**
 * Brings files up to date and tells what became of each. Nothing is written when nothing changed, so that build tools rest;
 * what is written appears whole or not at all. With `check` nothing is written in any case.
 * @throws Failure STALE with `check`, when a file is not up to date; MISUSE for a file that is somebody's own
 */
export async function updateFiles(updates: readonly Update[], check: boolean): Promise<string[]> {
  const stale: Update[] = []
  const said: string[] = []
  for (const update of updates) {
    const before = await readIfThere(update.path)
    if (before !== undefined && !update.isOurs(before)) {
      throw new Failure(
        EXIT.MISUSE,
        `${shown(update.path)} was not generated. Choose another file, or remove it first.`,
      )
    }
    if (before === update.text) said.push(`${shown(update.path)} is up to date`)
    else stale.push(update)
  }
  if (check && stale.length > 0) {
    const files = stale.map(({ path }) => shown(path)).join(' and ')
    throw new Failure(EXIT.STALE, `${files} is not up to date with the service. Run the same command without --check.`)
  }
  for (const { path, text } of stale) {
    await replaceFile(path, text)
    said.push(`${shown(path)} written`)
  }
  return said
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Failure(EXIT.MISUSE, `${shown(path)} cannot be read: ${(cause as Error).message}`, { cause })
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(temporary, text, { flush: true })
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true })
    throw new Failure(EXIT.MISUSE, `${shown(path)} cannot be written: ${(cause as Error).message}`, { cause })
  }
}

function shown(path: string): string {
  return relative(process.cwd(), path) || path
}
