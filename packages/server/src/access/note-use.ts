import type { Logger } from 'pino'

/** The last use is written at most this often for each key: SDKs ask all day, and people want to know the day. */
const AGAIN_AFTER_MS = 60_000

/**
 * Remembers that a key was used, without making anybody wait for it: a use that could not be written is written with
 * the next one.
 */
export function createUseNotes(
  write: (id: string, at: Date) => Promise<void>,
  log: Logger,
  now: () => number = () => performance.now(),
): (id: string) => void {
  const written = new Map<string, number>()
  return function note(id) {
    const last = written.get(id)
    if (last !== undefined && now() - last < AGAIN_AFTER_MS) return
    written.set(id, now())
    write(id, new Date()).catch((error: unknown) => log.debug({ err: error }, 'the last use of a key was not written'))
  }
}
