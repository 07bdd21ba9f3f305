import { and, eq } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { environments, flagKills, flags, projects } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { withinDeadline } from '../db/within-deadline.ts'
import { DomainError } from '../http/errors.ts'
import { type KillRow, killState } from './configuration.ts'
import { findConfiguration } from './flags.queries.ts'
import { describeKill, describeRestore } from './sentences.ts'

/** A kill is applied or refused within this, so that a person has an answer within 3 s. */
const DEADLINE_MS = 2200

export interface KillTarget {
  project: string
  flag: string
  environment: string
}

export interface KillOutcome extends ReturnType<typeof killState> {
  environmentId: string
  /** False when it was so already: the facts are then those of the first time. */
  changed: boolean
}

/**
 * Kills (`killed` true) or restores a flag in one environment. It needs no version and touches no configuration: an
 * open edit still saves, and a restore brings back exactly what was there. `db` is the store's `killDb`. Throws
 * UNAVAILABLE that says NOT applied, NOT_FOUND, ARCHIVED.
 */
export async function setKilled(db: Db, where: KillTarget, killed: boolean, acting: Acting): Promise<KillOutcome> {
  return withinDeadline(db, DEADLINE_MS, async (tx) => {
    const { flag, environment, kill } = await lockKill(tx, where)
    if (flag.archivedAt) throw new DomainError('ARCHIVED', `"${flag.key}" is archived and serves nobody any more.`)
    if (kill.killed === killed) return { ...killState(kill), environmentId: environment.id, changed: false }
    const after = { killed, at: new Date(), by: acting.actor.name, reason: acting.reason }
    let revision = kill.revision
    const describe = killed ? describeKill : describeRestore
    const word = killed ? 'kill' : 'restore'
    const change = {
      projectId: flag.projectId,
      environmentId: environment.id,
      flagId: flag.id,
      action: `flag.${word}`,
      sentence: describe(flag.key, environment.key),
      before: { killed: kill.killed },
      after: { killed },
      version: null,
    }
    await recordChange(
      tx,
      change,
      acting,
      [environment.id],
      async (revisions) => {
        revision = revisions.get(environment.id) ?? revision
        await tx
          .update(flagKills)
          .set({ ...after, revision })
          .where(and(eq(flagKills.flagId, flag.id), eq(flagKills.environmentId, environment.id)))
          .prepare('set_killed')
          .execute()
      },
      // Replicas pass a kill on from this hint alone, before they read anything.
      (id, bumped) => `${word}:${id}:${bumped}:${flag.key}`,
    )
    return { ...killState({ ...kill, ...after, revision }), environmentId: environment.id, changed: true }
  })
}

/** The same facts without changing anything. Throws NOT_FOUND. */
export async function readKilled(db: Db, where: KillTarget): Promise<KillOutcome> {
  const { environment, kill } = await findConfiguration(db, where)
  return { ...killState(kill), environmentId: environment.id, changed: false }
}

/** One statement, because this is the road on which milliseconds count. */
async function lockKill(tx: Db, where: KillTarget) {
  const [row] = await tx
    .select({ flag: flags, environment: environments, kill: flagKills })
    .from(flagKills)
    .innerJoin(flags, eq(flags.id, flagKills.flagId))
    .innerJoin(environments, eq(environments.id, flagKills.environmentId))
    .innerJoin(projects, eq(projects.id, flags.projectId))
    .where(and(eq(projects.key, where.project), eq(flags.key, where.flag), eq(environments.key, where.environment)))
    .for('update', { of: flagKills })
    .prepare('lock_kill')
    .execute()
  if (row) return row
  // Says which of the three is unknown.
  const found = await findConfiguration(tx, where)
  const kill: KillRow = {
    flagId: found.flag.id,
    environmentId: found.environment.id,
    killed: false,
    at: null,
    by: null,
    reason: null,
    revision: 0,
  }
  // A flag written behind the API may lack its row.
  await tx.insert(flagKills).values(kill).onConflictDoNothing()
  return { flag: found.flag, environment: found.environment, kill }
}
