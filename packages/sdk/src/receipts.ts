// "This process serves the kill of that revision." Receipts of all processes would arrive in the same moment, so each
// waits a random part of the window it was given; kills that come together share one request.
import { around } from './backoff.ts'
import { postToService, RequestFailure, type ServiceAddress, unref } from './service.ts'

interface Receipt {
  flag: string
  revision: number
}

export interface Receipts {
  /** Confirms within `windowMs` from now; 0 means at once. */
  confirm(receipt: Receipt, windowMs: number): void
  stop(): void
}

const RETRIES = 2
const RETRY_MS = 500
const LONGEST_WINDOW_MS = 60_000

export function createReceipts(service: ServiceAddress, random: () => number): Receipts {
  const due: Receipt[] = []
  let isStopped = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function send(receipts: Receipt[], triesLeft: number): Promise<void> {
    try {
      await postToService(service, '/sdk/v1/receipts', JSON.stringify({ instance: service.instance, receipts }))
    } catch (error) {
      // A receipt that is lost shows as "not confirmed", which is true enough; nothing here depends on it.
      if (!(error instanceof RequestFailure) || error.kind === 'rejected' || error.kind === 'refused') return
      if (triesLeft === 0 || isStopped) return
      unref(setTimeout(() => void send(receipts, triesLeft - 1), error.waitMs ?? around(RETRY_MS, random(), 0.5)))
    }
  }

  function sendDue(): void {
    timer = undefined
    void send(due.splice(0), RETRIES)
  }

  return {
    confirm(receipt, windowMs) {
      due.push(receipt)
      if (windowMs === 0) {
        clearTimeout(timer)
        sendDue()
      } else {
        timer ??= unref(setTimeout(sendDue, random() * Math.min(windowMs, LONGEST_WINDOW_MS)))
      }
    },
    stop() {
      clearTimeout(timer)
      isStopped = true
    },
  }
}
