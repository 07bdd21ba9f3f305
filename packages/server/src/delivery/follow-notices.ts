import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import { NOTIFY_CHANNEL, type Store } from '../db/store.ts'
import { type Notice, readNotice } from './notices.ts'

/** How long our own notification may take to come back. */
const ECHO_MS = 3000
/** How often one is sent while all is well. A notification costs a lock over the whole database, so not often. */
const ECHO_EVERY_MS = 30_000

export interface NoticeFollower {
  /** Resolves when the first attempt to listen is over, whatever came of it. */
  started: Promise<void>
  /** What is wrong with notifications, if anything. Changes then arrive by polling, up to a second later. */
  problem(): string | undefined
  stop(): Promise<void>
}

/**
 * Listens for changes. After each (re)LISTEN it calls `onListening`, because whatever was sent meanwhile is lost, and
 * sends itself a notification: behind a pooler in transaction mode LISTEN succeeds and nothing ever arrives.
 */
export function followNotices(
  store: Store,
  log: Logger,
  on: { notice(notice: Notice): void; listening(): void },
): NoticeFollower {
  const self = randomUUID()
  let problem: string | undefined
  let echoTimer: NodeJS.Timeout | undefined
  const regularly = setInterval(expectEcho, ECHO_EVERY_MS)
  regularly.unref()

  function onNotify(payload: string): void {
    const notice = readNotice(payload)
    if (!notice) return
    if (notice.about !== 'echo') return on.notice(notice)
    if (notice.id !== self) return
    clearTimeout(echoTimer)
    problem = undefined
  }

  function expectEcho(): void {
    clearTimeout(echoTimer)
    echoTimer = setTimeout(() => {
      problem = 'notifications of the database do not arrive (a pooler in transaction mode?): polling every second'
      log.warn(problem)
      store.avoidNames()
    }, ECHO_MS)
    echoTimer.unref()
    store.db.execute(sql`select pg_notify(${NOTIFY_CHANNEL}, ${`echo:${self}`})`).catch((error: unknown) => {
      log.warn({ err: error }, 'the test notification could not be sent')
    })
  }

  let stop = async () => {}

  async function listen(): Promise<void> {
    try {
      stop = await store.listen(onNotify, () => {
        on.listening()
        expectEcho()
      })
    } catch (error) {
      // The driver goes on trying, and tells when it listens.
      problem = 'the database refuses LISTEN: polling every second'
      log.warn({ err: error }, problem)
    }
  }

  return {
    started: listen(),
    problem: () => problem,
    async stop() {
      clearInterval(regularly)
      clearTimeout(echoTimer)
      await stop().catch((error: unknown) => log.debug({ err: error }, 'UNLISTEN failed'))
    },
  }
}
