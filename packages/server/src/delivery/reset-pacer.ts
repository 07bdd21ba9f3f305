/** Nobody waits while so few ask in a second. */
const FREE_PER_SECOND = 100
/** How fast a crowd may fetch snapshots from one replica; a quarter of what it can serve. */
const SNAPSHOTS_PER_MS = 2.5
const MAX_SPREAD_MS = 30_000

/** Decides over how long clients that must fetch the snapshot are to spread. */
export interface ResetPacer {
  /** For one more client: 0 in quiet times, growing with the crowd of the last second. */
  next(): number
  /** For a reset that goes to so many clients at once. */
  forAll(clients: number): number
}

export function createResetPacer(now: () => number = () => performance.now()): ResetPacer {
  let secondStartedAt = Number.NEGATIVE_INFINITY
  let asked = 0
  return {
    next() {
      if (now() - secondStartedAt >= 1000) {
        secondStartedAt = now()
        asked = 0
      }
      asked++
      return asked <= FREE_PER_SECOND ? 0 : spread(asked)
    },
    forAll: (clients) => (clients <= FREE_PER_SECOND ? 0 : spread(clients)),
  }
}

function spread(clients: number): number {
  return Math.min(MAX_SPREAD_MS, Math.ceil(clients / SNAPSHOTS_PER_MS))
}

/** Receipts per millisecond that one replica is asked to take. */
const RECEIPTS_PER_MS = 5
const MAX_RECEIPT_WINDOW_MS = 2000

/** Over how long the receipts of a kill are to spread: at once for few streams, never longer than 2 s. */
export function receiptWindowMs(streams: number): number {
  return streams < 100 ? 0 : Math.min(MAX_RECEIPT_WINDOW_MS, Math.ceil(streams / RECEIPTS_PER_MS))
}
