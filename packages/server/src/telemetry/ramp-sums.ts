// The sums that verdicts are made of. SDKs report, ingest appends, a job folds; a reader takes both and misses nothing.
import { and, asc, eq, inArray, lt, isNull, sql } from 'drizzle-orm'
import { flagConfigurations, flags, rampStrata, rampSumDeltas, rampSums } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { groupBy } from './group-by.ts'
import { addSubBuckets, sparse } from './sub-bucket-sums.ts'

/** What arrives so long after the allocation has changed still counts. */
export const LATE_AFTER_MS = 10 * 60_000
/** Deltas folded in one transaction. */
const FOLDED_AT_ONCE = 500

/** The arms of one stratum: a span of a ramp without a change of allocation. */
export interface Stratum {
  allocation: number
  startedAt: Date
  /** When the flag got its next allocation; null while this one is in force. */
  endedAt: Date | null
  /** By arm (empty for the control) and metric (empty for first exposures): sums by sub-bucket and field. */
  arms: { variant: string; metric: string; sums: Float64Array }[]
}

const lateDelta = sql<boolean>`coalesce(${rampSumDeltas.arrivedAt} > ${rampStrata.endedAt} + make_interval(secs => ${LATE_AFTER_MS / 1000}), false)`

/**
 * What is known of the ramps of a flag, stratum by stratum, the oldest first: all that was committed, folded or not, and
 * nothing that came too late.
 * @param fromAllocation the allocation that the ramp began with
 */
export async function readRampSums(
  db: Db,
  environmentId: string,
  flagKey: string,
  fromAllocation = 0,
): Promise<Stratum[]> {
  return db.transaction(
    async (tx) => {
      const found = await tx
        .select()
        .from(rampStrata)
        .where(
          and(
            eq(rampStrata.environmentId, environmentId),
            eq(rampStrata.flagKey, flagKey),
            sql`${rampStrata.allocation} >= ${fromAllocation}`,
          ),
        )
        .orderBy(asc(rampStrata.allocation))
      if (found.length === 0) return []
      const ids = found.map(({ id }) => id)
      const folded = await tx
        .select()
        .from(rampSums)
        .where(and(inArray(rampSums.stratumId, ids), eq(rampSums.late, false)))
      const fresh = await tx
        .select({
          stratumId: rampSumDeltas.stratumId,
          variant: rampSumDeltas.variant,
          metric: rampSumDeltas.metric,
          subBuckets: rampSumDeltas.subBuckets,
        })
        .from(rampSumDeltas)
        .innerJoin(rampStrata, eq(rampStrata.id, rampSumDeltas.stratumId))
        .where(and(inArray(rampSumDeltas.stratumId, ids), sql`not ${lateDelta}`))
      return found.map(({ id, allocation, startedAt, endedAt }) => ({
        allocation,
        startedAt,
        endedAt,
        arms: addUp([...folded, ...fresh].filter(({ stratumId }) => stratumId === id)),
      }))
    },
    // One look at both tables: what the job moves meanwhile is neither missed nor seen twice.
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

function addUp(rows: { variant: string; metric: string; subBuckets: number[][] }[]): Stratum['arms'] {
  const arms = new Map<string, Stratum['arms'][number]>()
  for (const { variant, metric, subBuckets } of rows) {
    const key = JSON.stringify([variant, metric])
    const sums = addSubBuckets(subBuckets, arms.get(key)?.sums)
    arms.set(key, { variant, metric, sums })
  }
  return [...arms.values()]
}

/** Notes which strata have ended: their flag has a newer allocation by now. */
export async function closeStrata(tx: Db): Promise<void> {
  const ended = tx
    .select({ id: rampStrata.id })
    .from(rampStrata)
    .innerJoin(flagConfigurations, eq(flagConfigurations.environmentId, rampStrata.environmentId))
    .innerJoin(flags, and(eq(flags.id, flagConfigurations.flagId), eq(flags.key, rampStrata.flagKey)))
    .where(and(isNull(rampStrata.endedAt), lt(rampStrata.allocation, flagConfigurations.allocation)))
  await tx.update(rampStrata).set({ endedAt: sql`now()` }).where(inArray(rampStrata.id, ended))
}

/** Folds deltas into sums, the oldest first; true when there may be more. Call it under the lock of the jobs. */
export async function foldDeltas(tx: Db): Promise<boolean> {
  const deltas = await tx
    .select({
      id: rampSumDeltas.id,
      stratumId: rampSumDeltas.stratumId,
      variant: rampSumDeltas.variant,
      metric: rampSumDeltas.metric,
      subBuckets: rampSumDeltas.subBuckets,
      late: lateDelta.mapWith(Boolean),
    })
    .from(rampSumDeltas)
    .innerJoin(rampStrata, eq(rampStrata.id, rampSumDeltas.stratumId))
    .orderBy(asc(rampSumDeltas.id))
    .limit(FOLDED_AT_ONCE)
  if (deltas.length === 0) return false
  const targets = groupBy(deltas, ({ stratumId, variant, metric, late }) =>
    JSON.stringify([stratumId, variant, metric, late]),
  )
  for (const some of targets.values()) {
    const [{ stratumId, variant, metric, late } = unreachable()] = some
    const row = { stratumId, variant, metric, late }
    const [held] = await tx
      .select({ subBuckets: rampSums.subBuckets })
      .from(rampSums)
      .where(
        and(
          eq(rampSums.stratumId, stratumId),
          eq(rampSums.variant, variant),
          eq(rampSums.metric, metric),
          eq(rampSums.late, late),
        ),
      )
    const sums = addSubBuckets(held?.subBuckets ?? [])
    for (const { subBuckets } of some) addSubBuckets(subBuckets, sums)
    const subBuckets = sparse(sums)
    await tx
      .insert(rampSums)
      .values({ ...row, subBuckets })
      .onConflictDoUpdate({
        target: [rampSums.stratumId, rampSums.variant, rampSums.metric, rampSums.late],
        set: { subBuckets, updatedAt: sql`now()` },
      })
  }
  // By their ids and not up to the last of them: one with a smaller id may still be committing.
  await tx.delete(rampSumDeltas).where(
    inArray(
      rampSumDeltas.id,
      deltas.map(({ id }) => id),
    ),
  )
  return deltas.length === FOLDED_AT_ONCE
}

function unreachable(): never {
  throw new Error('A group has at least one member.')
}

/** Ramps are kept for as long as their graphs. */
export async function forgetOldStrata(tx: Db): Promise<void> {
  const old = tx
    .select({ id: rampStrata.id })
    .from(rampStrata)
    .where(lt(rampStrata.endedAt, sql`now() - interval '400 days'`))
  await tx.delete(rampSums).where(inArray(rampSums.stratumId, old))
}
