export interface Poll {
  /** Polls now. While a poll runs it does nothing: one that hangs must not become many. */
  now(): void
  /** Starts no more; resolves when the one that runs is over, which may take as long as the database likes. */
  stop(): Promise<void>
}

/** Runs a task again and again, `everyMs` after the end of the last run. The task must not reject. */
export function createPoll(everyMs: number, task: () => Promise<void>): Poll {
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  let stopped = false

  function now(): void {
    if (stopped || running) return
    clearTimeout(timer)
    running = task().finally(() => {
      running = undefined
      if (!stopped) timer = setTimeout(now, everyMs)
    })
  }

  return {
    now,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
