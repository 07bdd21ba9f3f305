// "This process serves the kill of that revision." Receipts of all processes would arrive in the same moment, so each
// waits a random part of the window it was given; kills that come together share one request, and one is on its way at a
// time. A receipt that is lost shows as "not confirmed", which is true enough; nothing here depends on it.
import { around } from './backoff.ts'
import { postToService, RequestFailure, type ServiceAddress, unref } from './service.ts'

interface Receipt {
  flag: string
  revision: number
}

export interface Receipts {
  /** Confirms within `windowMs` from now; 0 means at once. */
  confirm(receipt: Receipt, windowMs: number): void
  /** Ends the request that is on its way, too: it would keep a process alive. */
  stop(): void
}

const TRIES = 3
const RETRY_MS = 500
const LONGEST_WAIT_MS = 60_000
/** Below the service's limits of a thousand and of 64 kB. */
const RECEIPTS_PER_REQUEST = 200
const MOST_WAITING = 1_000

export function createReceipts(service: ServiceAddress, random: () => number): Receipts {
  const due: { receipt: Receipt; tries: number }[] = []
  let isStopped = false
  let inFlight: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let timerDueAt = 0

  async function sendDue(): Promise<void> {
    timer = undefined
    // The end of the one on its way looks for what has come meanwhile.
    if (inFlight) return
    const batch = due.splice(0, RECEIPTS_PER_REQUEST)
    if (batch.length === 0) return
    const receipts = batch.map(({ receipt }) => receipt)
    inFlight = new AbortController()
    let nextInMs = 0
    try {
      const body = JSON.stringify({ instance: service.instance, receipts })
      await postToService(service, '/sdk/v1/receipts', body, {}, inFlight)
    } catch (error) {
      if (error instanceof RequestFailure && (error.kind === 'busy' || error.kind === 'failed')) {
        for (const { receipt, tries } of batch) if (tries + 1 < TRIES) keep({ receipt, tries: tries + 1 })
        nextInMs = error.waitMs ?? around(RETRY_MS, random(), 0.5)
      }
    }
    inFlight = undefined
    if (due.length > 0) sendIn(nextInMs)
  }

  function keep(item: { receipt: Receipt; tries: number }): void {
    if (due.length < MOST_WAITING) due.push(item)
  }

  function sendIn(ms: number): void {
    if (isStopped) return
    const waitMs = Math.min(ms, LONGEST_WAIT_MS)
    const dueAt = performance.now() + waitMs
    if (timer !== undefined && timerDueAt <= dueAt) return
    clearTimeout(timer)
    timerDueAt = dueAt
    if (waitMs === 0) void sendDue()
    else timer = unref(setTimeout(() => void sendDue(), waitMs))
  }

  return {
    confirm(receipt, windowMs) {
      keep({ receipt, tries: 0 })
      sendIn(random() * windowMs)
    },
    stop() {
      clearTimeout(timer)
      isStopped = true
      inFlight?.abort(new Error('closed'))
    },
  }
}
