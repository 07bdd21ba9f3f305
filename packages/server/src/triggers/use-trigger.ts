import { eq } from 'drizzle-orm'
import type { Logger } from 'pino'
import { answeredWithin } from '../answered-within.ts'
import { triggers } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { setKilled } from '../flags/kill-flag.ts'
import { DomainError } from '../http/errors.ts'
import type { Alert } from './read-alert.ts'
import type { findTrigger } from './triggers.queries.ts'

/** What noting a use may add to the answer. */
const NOTING_MS = 500

export type FoundTrigger = NonNullable<Awaited<ReturnType<typeof findTrigger>>>

export interface TriggerOutcome {
  flag: string
  environment: string
  /** What holds now, where the alert did something. */
  killed: boolean | null
  changed: boolean
  /** In words, also shown beside the trigger. */
  outcome: string
}

/**
 * Does what a trigger is for: a firing alert kills its flag, through the same command as every kill, with the alert's
 * name as the reason. The end of an alert does nothing: whether it is safe again, a person says. `db` is the store's
 * `killDb`. Throws what a kill throws, INVALID_INPUT for a body that was not understood.
 */
export async function useTrigger(
  db: Db,
  log: Logger,
  trigger: FoundTrigger,
  alert: Alert | undefined,
  requestId: string,
): Promise<TriggerOutcome> {
  const { flag, environment } = trigger
  const note = (outcome: string) => noteUse(db, log, trigger.id, outcome)
  if (!alert) {
    await note('refused: the body was not understood')
    const message =
      'This is no alert of Alertmanager, Grafana or PagerDuty, and not {"reason": "..."}. Nothing was done: it might have been the end of an alert.'
    throw new DomainError('INVALID_INPUT', message)
  }
  if (alert.state === 'resolved') {
    const outcome = `nothing done: "${alert.name}" of ${alert.from} is over`
    await note(outcome)
    return { flag, environment, killed: null, changed: false, outcome }
  }
  const actor = { kind: 'system' as const, id: trigger.id, name: `trigger ${trigger.name}` }
  const reason = `${alert.name} (${alert.from})`
  const { changed } = await setKilled(db, trigger, true, { actor, via: 'trigger', reason, requestId })
  const outcome = changed ? `killed by ${reason}` : `was killed already: ${reason}`
  await note(outcome)
  return { flag, environment, killed: true, changed, outcome }
}

/** The kill is committed: writing down when the trigger was used must not make its answer fail or wait. */
async function noteUse(db: Db, log: Logger, id: string, outcome: string): Promise<void> {
  async function write(): Promise<void> {
    await db.update(triggers).set({ lastUsedAt: new Date(), lastOutcome: outcome }).where(eq(triggers.id, id))
  }
  await answeredWithin(NOTING_MS, write()).catch((error: unknown) => {
    log.warn({ err: error, trigger: id }, 'the use of a trigger could not be noted')
  })
}
