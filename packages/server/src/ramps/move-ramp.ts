import type { Rollout } from '@rampart/evaluation'
import { and, desc, eq, sql } from 'drizzle-orm'
import type { Acting } from '../audit/record-change.ts'
import { flagKills, ramps, rampTransitions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { editableOf } from '../flags/configuration.ts'
import type { Editable } from '../flags/configuration.schemas.ts'
import { writeConfiguration } from '../flags/edit-configuration.ts'
import { checkChange, type FoundConfiguration, lockConfiguration } from '../flags/plan-edit.ts'
import { DomainError } from '../http/errors.ts'
import type { GateFinding } from './advance-gates.ts'
import { type KillSeen, type RampRow, stateNow } from './ramp-now.ts'
import { dueAt } from './ramp-plan.ts'
import { type PersonEvent, RAMP_TABLE, type RampEvent, type RampState } from './ramp-states.ts'

export interface RampTarget {
  project: string
  flag: string
  environment: string
}

/** A ramp under its lock, as it is now, with what surrounds it. */
export interface LockedRamp {
  tx: Db
  found: FoundConfiguration
  ramp: RampRow
  kill: KillSeen
  /** The rollout that it changes; undefined when somebody took it away. */
  rollout: Rollout | undefined
  /** By the database's clock: replicas may disagree about the time. */
  now: Date
}

/** One transition: what the table allows, made concrete. */
export interface Move {
  event: RampEvent
  to: RampState
  sentence: string
  /** What changes in its row, besides the state. */
  set: Partial<RampRow>
  /** The share its rollout serves from now on; left out it stays. Serving a step turns the flag on. */
  weight?: number
  evidence?: GateFinding[]
}

/** A move whose event and state the table knows; null when there is nothing to do. */
type Planned = Omit<Move, 'event' | 'to'> | null

/**
 * Runs one person's command: locks, asks the table, writes what `plan` makes of it. A plan of null changes nothing. Throws
 * NOT_FOUND, RAMP_STATE with what to do instead, and what writing throws.
 */
export async function changeRamp(
  db: Db,
  where: RampTarget,
  event: Exclude<PersonEvent, 'plan'>,
  acting: Acting,
  plan: (locked: LockedRamp) => Planned | Promise<Planned>,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const locked = await lockRamp(tx, where)
    const cell = RAMP_TABLE[locked.ramp.state][event]
    if ('refused' in cell) throw refusedBy(locked.ramp.state, event, cell.refused)
    if (cell.to === 'running' && locked.kill.killed) {
      throw refusedBy(locked.ramp.state, event, 'The flag is killed. Restore it first.')
    }
    const move = await plan(locked)
    if (move) await writeMove(locked, { ...move, event, to: cell.to }, acting)
  })
}

/** The refusal of a command in a state; the message says what to do. */
export function refusedBy(state: RampState, event: RampEvent, why: string): DomainError {
  return new DomainError('RAMP_STATE', why, { details: { state, event } })
}

async function lockRamp(tx: Db, where: RampTarget): Promise<LockedRamp> {
  const found = await lockConfiguration(tx, where)
  const ramp = found.ramp ?? (await lastRamp(tx, found))
  if (!ramp) {
    const { flag, environment } = found
    throw new DomainError('NOT_FOUND', `${flag.key} has no ramp in ${environment.key}. Plan one: POST .../ramp.`)
  }
  return lockedRamp(tx, found, ramp)
}

/** The ramp that is over, for those who ask about it. */
export function lastRamp(db: Db, { flag, environment }: Pick<FoundConfiguration, 'flag' | 'environment'>) {
  return db.query.ramps.findFirst({
    where: and(eq(ramps.flagId, flag.id), eq(ramps.environmentId, environment.id)),
    orderBy: desc(ramps.createdAt),
  })
}

/** Everything a move depends on; the configuration's row is locked already. */
export async function lockedRamp(tx: Db, found: FoundConfiguration, ramp: RampRow): Promise<LockedRamp> {
  const kill = found.kill ?? { killed: false, revision: 0 }
  const now = await databaseNow(tx)
  const rollout = rolloutOf(found.configuration, ramp.rule)
  return { tx, found, ramp: { ...ramp, ...heldByKill(ramp, kill) }, kill, rollout, now }
}

/** A kill holds without writing: nobody was served, so the soak starts anew. */
function heldByKill(ramp: RampRow, kill: KillSeen): Partial<RampRow> {
  const now = stateNow(ramp, kill)
  return now.state === ramp.state ? {} : { ...now, ...STILL, soakedMs: 0 }
}

/** Columns of a ramp whose clock does not run. */
export const STILL = { soakingSince: null, dueAt: null } as const

/** The soak that has passed so far, kept for when it goes on. */
export function soakSoFar({ ramp, now }: LockedRamp): number {
  return ramp.soakedMs + (ramp.soakingSince === null ? 0 : now.getTime() - ramp.soakingSince.getTime())
}

export function rolloutOf(
  configuration: Pick<Editable, 'rules' | 'defaultServe'>,
  rule: string | null,
): Rollout | undefined {
  const { rules, defaultServe } = configuration
  return rule === null ? defaultServe.rollout : rules.find(({ id }) => id === rule)?.serve.rollout
}

/** Milliseconds of the database's clock, the only one that counts. */
export async function databaseNow(db: Db): Promise<Date> {
  const ms = sql<number>`extract(epoch from clock_timestamp()) * 1000`.mapWith(Number)
  const [row] = await db.select({ ms }).from(sql`(values (1)) as clock`)
  return new Date(Math.floor(row?.ms ?? Number.NaN))
}

/**
 * Writes a move: configuration, ramp, its transition, audit row, revision, all or nothing. A ramp that somebody else moved
 * meanwhile, or whose flag was killed meanwhile, is left alone: a kill always wins.
 */
export async function writeMove(locked: LockedRamp, move: Move, acting: Acting): Promise<void> {
  const { tx, found, ramp, kill, rollout, now } = locked
  const { event, to, sentence, weight, evidence = [] } = move
  const goes = to === 'running' ? { holdReason: null, holdNote: null, killRevision: kill.revision } : STILL
  const next: RampRow = { ...ramp, ...goes, ...move.set, state: to, moves: ramp.moves + 1 }
  next.dueAt = to === 'running' ? dueAt(next, now) : null
  const before = editableOf(found.configuration)
  // Going down must never turn on what somebody has turned off.
  const on = before.on || to === 'running'
  const after = weight === undefined ? before : { ...withShare(before, ramp.rule, weight), on }
  if (weight !== undefined) await checkChange(tx, found, after)
  const { id, ...columns } = next
  const also = async () => {
    if (to === 'running' || to === 'completed') await refuseIfKilled(locked)
    const [updated] = await tx
      .update(ramps)
      .set(columns)
      .where(and(eq(ramps.id, id), eq(ramps.moves, ramp.moves)))
      .returning({ id: ramps.id })
    if (!updated) throw new Error(`Ramp ${id} was moved by somebody else.`)
    const share = weight ?? rollout?.weight ?? 0
    const { actor, reason } = acting
    await tx.insert(rampTransitions).values({
      rampId: id,
      seq: next.moves,
      at: now,
      event,
      state: to,
      step: next.step,
      weight: share,
      actor,
      sentence,
      reason,
      evidence,
    })
  }
  const newAllocation = isCounted(found.ramp) !== isCounted(next)
  await writeConfiguration(tx, found, after, { action: `ramp.${event}`, sentence, newAllocation, also }, acting)
}

/** Whether SDKs count the arms of this ramp: from its first step on, until it ends or is rolled back. */
export function isCounted(ramp: Pick<RampRow, 'state' | 'step'> | null): boolean {
  return ramp !== null && ramp.step >= 0 && (ramp.state === 'running' || ramp.state === 'holding')
}

/** Asked with the end of the history locked: kills take that lock too, so from here on none comes in between. */
async function refuseIfKilled({ tx, found, kill, ramp }: LockedRamp): Promise<void> {
  const { flag, environment } = found
  const now = await tx.query.flagKills.findFirst({
    where: and(eq(flagKills.flagId, flag.id), eq(flagKills.environmentId, environment.id)),
  })
  if ((now?.revision ?? 0) === kill.revision) return
  throw refusedBy(ramp.state, 'hold', 'The flag was killed just now. Restore it first.')
}

/** The configuration with another share of one rollout. */
function withShare(configuration: Editable, rule: string | null, weight: number): Editable {
  if (rule === null) {
    const { rollout } = configuration.defaultServe
    return rollout ? { ...configuration, defaultServe: { rollout: { ...rollout, weight } } } : configuration
  }
  const rules = configuration.rules.map((candidate) => {
    const { rollout } = candidate.serve
    return candidate.id === rule && rollout ? { ...candidate, serve: { rollout: { ...rollout, weight } } } : candidate
  })
  return { ...configuration, rules }
}
