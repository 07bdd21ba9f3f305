import { and, asc, eq, inArray, isNull } from 'drizzle-orm'
import { environments, flagConfigurations, flagKills, flags, ramps, rampTransitions } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { Editable } from '../flags/configuration.schemas.ts'
import { findConfiguration } from '../flags/flags.queries.ts'
import { DomainError } from '../http/errors.ts'
import { findProject } from '../projects/projects.queries.ts'
import { findGates, soakEnd } from './advance-gates.ts'
import { databaseNow, lastRamp, type RampTarget, rolloutOf } from './move-ramp.ts'
import { type KillSeen, type RampRow, stateNow, unfinishedRampOf } from './ramp-now.ts'
import { nextMove } from './ramp-plan.ts'
import { PERSON_EVENTS, RAMP_TABLE, type RampEvent, type RampState, UNFINISHED_STATES } from './ramp-states.ts'

/** The ramp of a flag in an environment, or the last one that is over. Throws NOT_FOUND. */
export async function readRamp(db: Db, where: RampTarget) {
  const found = await findConfiguration(db, where)
  const row = found.ramp ?? (await lastRamp(db, found))
  if (!row) throw new DomainError('NOT_FOUND', `${where.flag} has never had a ramp in ${where.environment}.`)
  const [now, transitions] = await Promise.all([
    databaseNow(db),
    db.query.rampTransitions.findMany({
      where: eq(rampTransitions.rampId, row.id),
      orderBy: asc(rampTransitions.seq),
    }),
  ])
  const ramp = { ...row, ...stateNow(row, found.kill) }
  const { plan } = ramp
  const isUnderWay = ramp.state === 'running' || ramp.state === 'holding'
  return {
    ...briefOf(row, found.kill, found.configuration, now),
    id: ramp.id,
    flag: where.flag,
    environment: where.environment,
    rule: ramp.rule,
    holdNote: ramp.state === 'holding' ? ramp.holdNote : null,
    plan,
    steps: plan.steps.map((step, at) => ({ ...step, ...progressOf(ramp, at, transitions) })),
    soakEndsAt: ramp.state === 'running' ? (soakEnd(ramp)?.toISOString() ?? null) : null,
    evidence: isUnderWay ? findGates(ramp, now) : [],
    can: whatPeopleCan(ramp.state),
    history: transitions.map(({ seq, at, event, state, step, weight, actor, sentence, reason, evidence }) => ({
      seq,
      at: at.toISOString(),
      event,
      state,
      step,
      weight,
      by: actor.name,
      sentence,
      reason,
      evidence,
    })),
    createdAt: ramp.createdAt.toISOString(),
    createdBy: ramp.createdBy,
    startedAt: ramp.startedAt?.toISOString() ?? null,
    endedAt: ramp.endedAt?.toISOString() ?? null,
  }
}

/** Every ramp of a project that is not over: the next to move first, then those that wait for somebody. */
export async function listRamps(db: Db, project: string) {
  const { id } = await findProject(db, project)
  const [now, rows] = await Promise.all([
    databaseNow(db),
    db
      .select({
        ramp: ramps,
        flag: flags.key,
        environment: environments.key,
        kill: flagKills,
        rules: flagConfigurations.rules,
        defaultServe: flagConfigurations.defaultServe,
      })
      .from(flagConfigurations)
      .innerJoin(ramps, unfinishedRampOf(flagConfigurations))
      .innerJoin(flags, eq(flags.id, ramps.flagId))
      .innerJoin(environments, eq(environments.id, ramps.environmentId))
      .leftJoin(flagKills, and(eq(flagKills.flagId, ramps.flagId), eq(flagKills.environmentId, ramps.environmentId)))
      .where(eq(flags.projectId, id))
      .orderBy(asc(ramps.dueAt), asc(flags.key), asc(environments.position)),
  ])
  return rows.map(({ ramp, flag, environment, kill, ...configuration }) => ({
    ...briefOf(ramp, kill, configuration, now),
    flag,
    environment,
    rule: ramp.rule,
    startedAt: ramp.startedAt?.toISOString() ?? null,
  }))
}

/** The unfinished ramps of flags, for lists: by `flagId environmentId`. */
export async function rampsOfProject(db: Db, projectId: string): Promise<Map<string, RampRow>> {
  const rows = await db
    .select({ ramp: ramps })
    .from(ramps)
    .innerJoin(flags, eq(flags.id, ramps.flagId))
    .where(and(eq(flags.projectId, projectId), inArray(ramps.state, [...UNFINISHED_STATES])))
  return new Map(rows.map(({ ramp }) => [`${ramp.flagId} ${ramp.environmentId}`, ramp]))
}

/** How many ramps of the installation run, are held (by a kill too) and were rolled back. */
export async function countRamps(db: Db): Promise<Record<'running' | 'holding' | 'rolled_back', number>> {
  const rows = await db
    .select({
      state: ramps.state,
      holdReason: ramps.holdReason,
      killRevision: ramps.killRevision,
      killed: flagKills.killed,
      revision: flagKills.revision,
    })
    .from(ramps)
    .innerJoin(flags, eq(flags.id, ramps.flagId))
    .leftJoin(flagKills, and(eq(flagKills.flagId, ramps.flagId), eq(flagKills.environmentId, ramps.environmentId)))
    .where(and(isNull(flags.archivedAt), inArray(ramps.state, [...UNFINISHED_STATES])))
  const counts = { running: 0, holding: 0, rolled_back: 0 }
  for (const { killed, revision, ...ramp } of rows) {
    const { state } = stateNow(ramp, killed === null ? null : { killed, revision: revision ?? 0 })
    if (state in counts) counts[state as keyof typeof counts] += 1
  }
  return counts
}

/** What a line says about a ramp. */
export function briefOf(
  row: RampRow,
  kill: KillSeen | null,
  configuration: Pick<Editable, 'rules' | 'defaultServe'>,
  now: Date,
) {
  const ramp = { ...row, ...stateNow(row, kill) }
  return {
    state: ramp.state,
    holdReason: ramp.state === 'holding' ? ramp.holdReason : null,
    step: ramp.step,
    stepCount: ramp.plan.steps.length,
    weight: rolloutOf(configuration, ramp.rule)?.weight ?? 0,
    next: nextMove(ramp, now),
  }
}

/** Events after which a ramp is at another step. */
const ARRIVALS: ReadonlySet<RampEvent> = new Set<RampEvent>(['start', 'step', 'advance', 'rollback'])

type Transition = typeof rampTransitions.$inferSelect

function progressOf(ramp: RampRow, at: number, transitions: Transition[]) {
  const isHere = at === ramp.step && ramp.state !== 'completed'
  const reached = transitions.findLast(({ step, event }) => step === at && ARRIVALS.has(event))
  return {
    status: isHere ? ('here' as const) : at <= ramp.step ? ('done' as const) : ('ahead' as const),
    reachedAt: at <= ramp.step ? (reached?.at.toISOString() ?? null) : null,
    approvedBy: ramp.approvals[at]?.by ?? null,
  }
}

function whatPeopleCan(state: RampState) {
  return PERSON_EVENTS.filter((event) => !('refused' in RAMP_TABLE[state][event]))
}
