import type { Position } from './position.ts'

/** What a look at the database means for an environment that is already being served. */
export type Finding =
  /** Nothing new. */
  | 'current'
  /** Same history, newer: read the rows changed since. */
  | 'behind'
  /** Another, newer history (a restore): read everything and reset the clients. */
  | 'replaced'
  /** The database is behind what was served: a lagging standby, or a restored dump. Wait. */
  | 'ahead'
  /** It stayed so for too long: the history was lost, a new epoch must be set. */
  | 'lost'

/**
 * Compares what is served with what the database says. Clients never go back within an epoch, so a database that went
 * back would be ignored by all of them for ever; but a standby catches up within moments and must not cost a new epoch.
 * @param aheadSinceMs when the database was first seen behind, on the clock of `nowMs`
 * @param patienceMs how long it may stay behind
 */
export function compareHistories(
  served: Position,
  seen: Position,
  aheadSinceMs: number | undefined,
  nowMs: number,
  patienceMs: number,
): Finding {
  if (seen.epoch > served.epoch) return 'replaced'
  if (seen.epoch === served.epoch) {
    if (seen.revision > served.revision) return 'behind'
    if (seen.revision === served.revision) return 'current'
  }
  return aheadSinceMs !== undefined && nowMs - aheadSinceMs >= patienceMs ? 'lost' : 'ahead'
}
