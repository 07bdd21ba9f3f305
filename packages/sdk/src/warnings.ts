/** What the SDK has to say to people. Never anything that an application must handle. */
export type OnWarning = (message: string) => void

const REPEAT_AFTER_MS = 5 * 60_000
const REMEMBERED_MESSAGES = 100

/** Passes each message on at most once in five minutes, and survives a listener that throws. */
export function createWarn(onWarning: OnWarning | undefined): OnWarning {
  const saidAt = new Map<string, number>()
  return (message) => {
    const now = performance.now()
    const before = saidAt.get(message)
    if (before !== undefined && now - before < REPEAT_AFTER_MS) return
    if (saidAt.size >= REMEMBERED_MESSAGES) saidAt.clear()
    saidAt.set(message, now)
    // A broken logger is no reason to lose the flags.
    callSafely(() => (onWarning ? onWarning(message) : console.warn(`[rampart] ${message}`)), ignore)
  }
}

function ignore(): void {}

/**
 * Calls code of the application. An async function that rejects must not end the process either, though its type says that
 * nothing comes back.
 */
export function callSafely(call: () => unknown, onThrow: (error: unknown) => void): void {
  try {
    const result = call()
    if (result instanceof Promise) result.catch(onThrow)
  } catch (error) {
    onThrow(error)
  }
}
