import { and, asc, eq, gt, isNull, lte, notInArray, or, sql } from 'drizzle-orm'
import type { Acting } from '../audit/record-change.ts'
import { environments, flagConfigurations, flagKills, flags, projects, ramps } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { percentOf } from '../flags/describe-weight.ts'
import { lockConfiguration } from '../flags/plan-edit.ts'
import { DomainError } from '../http/errors.ts'
import { findGates } from './advance-gates.ts'
import { describeMove, describeStill } from './describe-ramp.ts'
import { type LockedRamp, lockedRamp, type Move, type RampTarget, soakSoFar, STILL, writeMove } from './move-ramp.ts'
import { decide } from './ramp-plan.ts'
import type { HoldReason } from './ramp-states.ts'
import { arrival, placeOf, shareOf } from './steer-ramp.ts'

/** A ramp whose time has come, and where it is. */
interface Due extends RampTarget {
  id: string
}

/** What became of a ramp that was due, once it is committed. */
export interface Taken {
  /** `failed` is a step that cannot be taken as things stand: the ramp is held for a person. */
  outcome: 'step' | 'hold' | 'complete' | 'failed'
  /** Milliseconds from when it was due to when it was taken, by the database's clock; null for what no clock began. */
  lateMs: number | null
}

const clock = sql`clock_timestamp()`

/** In the words of the partial index: with a parameter the database could not use it, and this is asked every second. */
const isRunning = sql`${ramps.state} = 'running'`

/**
 * Takes one due ramp one move further and answers its id; undefined when none is due. Any number of replicas may call it at
 * once: whoever holds the rows moves the ramp, the others pass on to the next one. One move is one transaction, so a replica
 * that dies in the middle leaves nothing behind and another one takes the move. Throws what the database throws, with the ramp
 * it was about in `RampFailure`.
 * @param except ids of ramps that failed just now
 * @param tell hears of each move that was made
 */
export async function advanceDueRamp(
  db: Db,
  except: string[] = [],
  tell: (taken: Taken) => void = () => {},
): Promise<string | undefined> {
  let due: Due | undefined
  let taken: Taken | undefined
  try {
    const moved = await inTransaction(db, async (tx) => {
      taken = undefined
      due = await lockDueRamp(tx, except)
      if (!due) return undefined
      const locked = await lockAgain(tx, due)
      const outcome = locked && (await moveByItself(locked))
      if (outcome) taken = { outcome, lateMs: latenessOf(locked) }
      return due.id
    })
    if (taken) tell(taken)
    return moved
  } catch (cause) {
    if (!due) throw cause
    if (cause instanceof DomainError && cause.code !== 'UNAVAILABLE' && cause.code !== 'RAMP_STATE') {
      // The step cannot be taken as things stand: a person must look, and other ramps must not wait for that.
      await holdFailed(db, due, cause.message)
      tell({ outcome: 'failed', lateMs: null })
      return due.id
    }
    throw new RampFailure(due.id, cause)
  }
}

/** A move that did not work out for now. */
export class RampFailure extends Error {
  readonly rampId: string

  constructor(rampId: string, cause: unknown) {
    super(`Ramp ${rampId} could not be moved.`, { cause })
    this.rampId = rampId
  }
}

/** How long until the next ramp is due, in milliseconds by the database's clock; null when none is running on time. */
export async function nextDueInMs(db: Db): Promise<number | null> {
  const ms = sql<string | null>`extract(epoch from min(${ramps.dueAt}) - ${clock}) * 1000`
  const [row] = await db.select({ ms }).from(ramps).where(isRunning)
  return row?.ms == null ? null : Number(row.ms)
}

/**
 * The ramp that has been due for longest, or whose flag was killed, with its rows locked: both of them at once or neither, so
 * that this never waits and nobody waits in a circle with it.
 */
async function lockDueRamp(tx: Db, except: string[]): Promise<Due | undefined> {
  const [due] = await tx
    .select({ id: ramps.id, flag: flags.key, environment: environments.key, project: projects.key })
    .from(ramps)
    .innerJoin(
      flagConfigurations,
      and(eq(flagConfigurations.flagId, ramps.flagId), eq(flagConfigurations.environmentId, ramps.environmentId)),
    )
    .innerJoin(flags, eq(flags.id, ramps.flagId))
    .innerJoin(environments, eq(environments.id, ramps.environmentId))
    .innerJoin(projects, eq(projects.id, flags.projectId))
    .leftJoin(flagKills, and(eq(flagKills.flagId, ramps.flagId), eq(flagKills.environmentId, ramps.environmentId)))
    .where(
      and(
        isRunning,
        isNull(flags.archivedAt),
        except.length > 0 ? notInArray(ramps.id, except) : undefined,
        or(lte(ramps.dueAt, clock), eq(flagKills.killed, true), gt(flagKills.revision, ramps.killRevision)),
      ),
    )
    .orderBy(asc(ramps.dueAt))
    .limit(1)
    .for('update', { of: [ramps, flagConfigurations], skipLocked: true })
  return due
}

/** Everything read again under the lock: the row that was found may be that of a moment ago. */
async function lockAgain(tx: Db, due: Due): Promise<LockedRamp | undefined> {
  const found = await lockConfiguration(tx, due)
  if (found.ramp?.id !== due.id || found.ramp.state !== 'running') return undefined
  return lockedRamp(tx, found, found.ramp)
}

function latenessOf({ ramp, now }: LockedRamp): number | null {
  const lateMs = ramp.dueAt ? now.getTime() - ramp.dueAt.getTime() : -1
  return lateMs < 0 ? null : lateMs
}

/** Makes the one move that is due and says which; undefined when it turns out that none is. */
async function moveByItself(locked: LockedRamp): Promise<'step' | 'hold' | 'complete' | undefined> {
  const { tx, ramp, now } = locked
  const share = percentOf(shareOf(locked))
  if (ramp.state === 'holding') {
    await writeMove(locked, hold(locked, 'killed', 'it was killed'), actingAs(ramp.id))
    return 'hold'
  }
  const evidence = findGates(ramp, now)
  const decision = decide(ramp, now, evidence)
  switch (decision.do) {
    case 'wait':
      // Due by a clock that runs a little ahead of the plan; nothing has happened.
      await tx.update(ramps).set({ dueAt: decision.at }).where(eq(ramps.id, ramp.id))
      return undefined
    case 'hold': {
      const next = percentOf(ramp.plan.steps[ramp.step + 1]?.weight ?? 0)
      const move = hold(locked, decision.reason, `${next} needs an approval`)
      await writeMove(locked, { ...move, evidence }, actingAs(ramp.id))
      return 'hold'
    }
    case 'complete': {
      const sentence = describeStill('finished', placeOf(locked), shareOf(locked))
      const move: Move = { event: 'complete', to: 'completed', sentence, set: { endedAt: now }, evidence }
      await writeMove(locked, move, actingAs(ramp.id))
      return 'complete'
    }
    case 'step': {
      if (!locked.rollout) throw new DomainError('NOT_FOUND', `The rollout of this ramp is gone. It was at ${share}.`)
      const weight = ramp.plan.steps[decision.step]?.weight ?? 0
      const sentence = describeMove(placeOf(locked), shareOf(locked), weight)
      const move: Move = {
        event: 'step',
        to: 'running',
        sentence,
        weight,
        set: arrival(locked, decision.step),
        evidence,
      }
      await writeMove(locked, move, actingAs(ramp.id))
      return 'step'
    }
  }
}

function hold(locked: LockedRamp, holdReason: HoldReason, why: string): Move {
  const set = { ...STILL, soakedMs: soakSoFar(locked), holdReason, holdNote: null }
  return { event: 'hold', to: 'holding', sentence: describeStill('held', placeOf(locked), shareOf(locked), why), set }
}

async function holdFailed(db: Db, due: Due, note: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    const locked = await lockAgain(tx, due)
    if (locked?.ramp.state !== 'running') return
    const move = hold(locked, 'failed', note)
    await writeMove(locked, { ...move, set: { ...move.set, holdNote: note } }, actingAs(due.id))
  })
}

/** A ramp acts by itself, and the history says so. */
function actingAs(id: string): Acting {
  return { actor: { kind: 'ramp', id, name: 'ramp' }, via: 'ramp', reason: null, requestId: null }
}
