/**
 * Runs `read` for a key, never twice at once: whoever asks while it runs is served by one more run after it, however
 * many they are. So bursts of changes cost two readings, and the last one has seen all of them.
 */
export function readInTurn(read: (key: string) => Promise<void>): (key: string) => Promise<void> {
  /** Keys being read; true when another reading must follow. */
  const reading = new Map<string, boolean>()
  return async function readSoon(key) {
    if (reading.has(key)) {
      reading.set(key, true)
      return
    }
    try {
      do {
        reading.set(key, false)
        await read(key)
      } while (reading.get(key))
    } finally {
      reading.delete(key)
    }
  }
}
