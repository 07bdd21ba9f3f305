import { and, eq, inArray } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { ramps } from '../db/schema/index.ts'
import { type HoldReason, type RampState, UNFINISHED_STATES } from './ramp-states.ts'

export type RampRow = typeof ramps.$inferSelect

/** What of a kill decides about a ramp. */
export interface KillSeen {
  killed: boolean
  revision: number
}

/** What of a ramp decides about its state. */
export type RampSeen = Pick<RampRow, 'state' | 'holdReason' | 'killRevision'>

/**
 * The state of a ramp now. A kill writes nothing into ramps, so that it never waits for one: a ramp runs only as long as
 * nobody killed (or restored) its flag since a person last set it going.
 */
export function stateNow(ramp: RampSeen, kill: KillSeen | null): { state: RampState; holdReason: HoldReason | null } {
  if (ramp.state !== 'running' || !wasKilledSince(ramp, kill)) return { state: ramp.state, holdReason: ramp.holdReason }
  return { state: 'holding', holdReason: 'killed' }
}

function wasKilledSince(ramp: RampSeen, kill: KillSeen | null): boolean {
  return kill !== null && (kill.killed || kill.revision > ramp.killRevision)
}

/** Joins the one ramp of a flag and environment that is not over. */
export function unfinishedRampOf(of: { flagId: PgColumn; environmentId: PgColumn }) {
  return and(
    eq(ramps.flagId, of.flagId),
    eq(ramps.environmentId, of.environmentId),
    inArray(ramps.state, [...UNFINISHED_STATES]),
  )
}
