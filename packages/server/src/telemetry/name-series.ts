import { and, eq, inArray } from 'drizzle-orm'
import { rampStrata, telemetrySeries } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { RampDelta, SeriesKey } from './batch-content.ts'
import { groupBy } from './group-by.ts'

/** A fleet has few versions at a time. Beyond that somebody puts a build number into each, and they share one name. */
const SDKS_PER_ENVIRONMENT = 50
const OTHER_SDK = 'other'
/** Postgres takes it in no text, so no name has it. */
const BETWEEN = '\u0000'

/**
 * Numbers for the series and strata that batches speak of. Each is looked up once per process: rows are never deleted, so
 * what was found stays true.
 */
export interface SeriesNames {
  /** Makes those that are missing. Numbers in the order of `keys`. */
  series(db: Db, keys: readonly SeriesKey[]): Promise<number[]>
  strata(db: Db, deltas: readonly RampDelta[]): Promise<number[]>
}

export function createSeriesNames(): SeriesNames {
  const series = new Map<string, number>()
  const strata = new Map<string, number>()
  const sdks = new Map<string, Set<string>>()

  async function readSeries(db: Db, environmentId: string, flagKeys: string[]): Promise<void> {
    const rows = await db
      .select()
      .from(telemetrySeries)
      .where(and(eq(telemetrySeries.environmentId, environmentId), inArray(telemetrySeries.flagKey, flagKeys)))
    for (const row of rows) series.set(nameOf(row), row.id)
  }

  async function readSdks(db: Db, environmentId: string): Promise<void> {
    if (sdks.has(environmentId)) return
    const rows = await db
      .selectDistinct({ sdk: telemetrySeries.sdk })
      .from(telemetrySeries)
      .where(eq(telemetrySeries.environmentId, environmentId))
    sdks.set(environmentId, new Set(rows.map(({ sdk }) => sdk)))
  }

  function admitSdk(key: SeriesKey): SeriesKey {
    const known = sdks.get(key.environmentId) as Set<string>
    if (known.has(key.sdk)) return key
    if (known.size >= SDKS_PER_ENVIRONMENT) return { ...key, sdk: OTHER_SDK }
    known.add(key.sdk)
    return key
  }

  async function readStrata(db: Db, environmentId: string, flagKeys: string[]): Promise<void> {
    const rows = await db
      .select()
      .from(rampStrata)
      .where(and(eq(rampStrata.environmentId, environmentId), inArray(rampStrata.flagKey, flagKeys)))
    for (const row of rows) strata.set(stratumOf(row), row.id)
  }

  return {
    async series(db, keys) {
      for (const { environmentId } of keys) await readSdks(db, environmentId)
      const admitted = keys.map(admitSdk)
      const missing = unnamed(admitted, nameOf, series)
      if (missing.length > 0) {
        for (const [environmentId, flags] of flagsByEnvironment(missing)) await readSeries(db, environmentId, flags)
        const unknown = unnamed(missing, nameOf, series)
        for (const part of parts(unknown)) {
          await db
            .insert(telemetrySeries)
            .values(
              part.map(({ environmentId, flagKey, variant, metric, sdk }) => ({
                environmentId,
                flagKey,
                variant,
                metric,
                sdk,
              })),
            )
            .onConflictDoNothing()
        }
        for (const [environmentId, flags] of flagsByEnvironment(unknown)) await readSeries(db, environmentId, flags)
      }
      return admitted.map((key) => found(series, nameOf(key)))
    },
    async strata(db, deltas) {
      const missing = unnamed(deltas, stratumOf, strata)
      if (missing.length > 0) {
        for (const part of parts(missing)) {
          await db
            .insert(rampStrata)
            .values(
              part.map(({ environmentId, flagKey, allocation, endedAgoMs }) => ({
                environmentId,
                flagKey,
                allocation,
                // Of a span that nobody has reported of while it lasted, this is the earliest end that can be.
                endedAt: endedAgoMs === undefined ? null : new Date(Date.now() - endedAgoMs),
              })),
            )
            .onConflictDoNothing()
        }
        for (const [environmentId, flags] of flagsByEnvironment(missing)) await readStrata(db, environmentId, flags)
      }
      return deltas.map((delta) => found(strata, stratumOf(delta)))
    },
  }
}

function nameOf({ environmentId, flagKey, metric, variant, sdk }: SeriesKey): string {
  return `${environmentId}${BETWEEN}${flagKey}${BETWEEN}${metric}${BETWEEN}${variant}${BETWEEN}${sdk}`
}

function stratumOf({
  environmentId,
  flagKey,
  allocation,
}: Pick<RampDelta, 'environmentId' | 'flagKey' | 'allocation'>) {
  return `${environmentId}${BETWEEN}${flagKey}${BETWEEN}${allocation}`
}

/** Those without a number, each once, in one order for all replicas. */
function unnamed<T>(keys: readonly T[], name: (key: T) => string, numbers: ReadonlyMap<string, number>): T[] {
  const missing = new Map<string, T>()
  for (const key of keys) if (!numbers.has(name(key))) missing.set(name(key), key)
  return [...missing].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key)
}

function flagsByEnvironment(keys: readonly { environmentId: string; flagKey: string }[]): Map<string, string[]> {
  const grouped = groupBy(keys, ({ environmentId }) => environmentId)
  return new Map([...grouped].map(([id, some]) => [id, [...new Set(some.map(({ flagKey }) => flagKey))]]))
}

function parts<T>(rows: readonly T[], length = 1000): T[][] {
  return Array.from({ length: Math.ceil(rows.length / length) }, (_, at) => rows.slice(at * length, (at + 1) * length))
}

function found(numbers: ReadonlyMap<string, number>, name: string): number {
  const number = numbers.get(name)
  if (number === undefined) throw new Error(`Nothing was stored under ${name}.`)
  return number
}
