import type { Logger } from 'pino'
import type { Db } from '../db/store.ts'
import type { StreamClient } from './event-stream.ts'
import type { SentKill } from './kill-memory.ts'
import { ANONYMOUS, type ConfirmedRow, recordConfirmed, recordLost, recordSent } from './kill-deliveries.ts'
import type { DeliveryMetrics } from './metrics.ts'
import type { KillRecorder } from './publisher.ts'

/** Receipts wait so long for company: ten thousand of them become a few statements. */
const GATHER_MS = 100
/** A receipt may overtake the notification of its kill, when it goes to another replica than the stream. */
const UNKNOWN_KILL_MS = 3000
const MAX_WAITING = 50_000
/** Pause after a failed write. */
const RETRY_MS = 2000
/** Lets the row of a stream be written before it is marked as lost. */
const LOST_DELAY_MS = 1000

/** A client's word that it serves a kill (or restore). */
interface Receipt {
  environmentId: string
  flag: string
  revision: number
  instance: string
  name: string
  sdk: string
}

export interface Receipts extends KillRecorder {
  /** Takes receipts; they are counted within about a tenth of a second. False when too many wait already. */
  receive(receipts: Receipt[]): boolean
  /** How many wait to be written. */
  waiting(): number
  /** Writes down what waits. */
  close(): Promise<void>
}

export interface ReceiptParts {
  db: Db
  log: Logger
  metrics: DeliveryMetrics
  /** Names this process in the rows. */
  replica: string
  findKill(environmentId: string, flag: string, revision: number): SentKill | undefined
  now?: () => number
}

/** Gathers receipts and deliveries of this replica and writes them in batches, away from the sockets. */
export function createReceipts({ db, log, metrics, replica, findKill, ...rest }: ReceiptParts): Receipts {
  const now = rest.now ?? (() => performance.now())
  let waiting: (Receipt & { receivedAt: number })[] = []
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> = Promise.resolve()
  const lost = new Map<string, Set<string>>()
  let lostTimer: NodeJS.Timeout | undefined
  const writing = new Set<Promise<void>>()

  function plan(afterMs = GATHER_MS): void {
    timer ??= setTimeout(() => {
      timer = undefined
      flushing = flushing.then(flush)
    }, afterMs)
  }

  async function flush(): Promise<void> {
    const taken = waiting
    waiting = []
    const rows: ConfirmedRow[] = []
    for (const receipt of taken) {
      const kill = findKill(receipt.environmentId, receipt.flag, receipt.revision)
      if (kill) rows.push({ ...receipt, confirmedMs: Math.max(0, Math.round(receipt.receivedAt - kill.at)) })
      else if (now() - receipt.receivedAt < UNKNOWN_KILL_MS) waiting.push(receipt)
    }
    try {
      if (rows.length > 0) await recordConfirmed(db, rows)
      metrics.killsConfirmed.inc(rows.length)
      if (waiting.length > 0) plan()
    } catch (error) {
      log.warn({ err: error, receipts: rows.length }, 'receipts could not be written; trying again')
      waiting.push(...taken.filter((receipt) => findKill(receipt.environmentId, receipt.flag, receipt.revision)))
      waiting.length = Math.min(waiting.length, MAX_WAITING)
      plan(RETRY_MS)
    }
  }

  async function flushLost(): Promise<void> {
    const taken = [...lost]
    lost.clear()
    for (const [environmentId, instances] of taken) await recordLost(db, environmentId, [...instances])
  }

  /** Runs a write that nobody waits for, except a server that stops. */
  function write(what: string, task: () => Promise<void>): void {
    const running = task()
      .catch((error: unknown) => log.warn({ err: error }, `${what} could not be written`))
      .finally(() => writing.delete(running))
    writing.add(running)
  }

  return {
    sent(environmentId, { revision, deliveries }) {
      const rows = deliveries.map(({ stream, sentMs }) => ({
        ...describe(stream.client),
        sentMs: sentMs === null ? null : Math.round(sentMs),
      }))
      write('kill deliveries', () => recordSent(db, { environmentId, revision, replica }, rows))
    },
    lost(environmentId, instance) {
      const instances = lost.get(environmentId) ?? new Set()
      lost.set(environmentId, instances.add(instance))
      lostTimer ??= setTimeout(() => {
        lostTimer = undefined
        write('lost streams', flushLost)
      }, LOST_DELAY_MS)
    },
    receive(receipts) {
      if (waiting.length + receipts.length > MAX_WAITING) return false
      const receivedAt = now()
      waiting.push(...receipts.map((receipt) => ({ ...receipt, receivedAt })))
      plan()
      return true
    },
    waiting: () => waiting.length,
    async close() {
      clearTimeout(timer)
      clearTimeout(lostTimer)
      flushing = flushing.then(flush)
      await flushing
      clearTimeout(timer)
      await Promise.all(writing)
    },
  }
}

function describe(client: StreamClient): { instance: string; name: string; sdk: string } {
  return { instance: client.instance ?? ANONYMOUS + crypto.randomUUID(), name: client.name, sdk: client.sdk }
}
