// What of a batch is counted: flags, variants and metrics that exist here, as rows that merge by adding.
import type { FlagDocument } from '@rampart/evaluation'
import type { TelemetryBatch } from './telemetry.schemas.ts'

/** A line of a graph. */
export interface SeriesKey {
  environmentId: string
  /** Empty for a metric over everybody. */
  flagKey: string
  variant: string
  /** Empty for exposures. */
  metric: string
  /** `rampart-node/0.1.0` */
  sdk: string
}

/** What one batch adds to a minute of a series. */
export interface Point extends SeriesKey {
  /** Start of the minute, milliseconds since 1970. */
  minute: number
  count: number
  tracked?: Tracked
}

/** What is known of a metric besides how often it was tracked. */
export interface Tracked {
  sum: number
  zeros: number
  /** Histogram: `[index, count]`. */
  bins: readonly (readonly [number, number])[]
}

/** Sums of one arm of a running ramp, in a stratum: a span without a change of the flag's allocation. */
export interface RampDelta {
  environmentId: string
  flagKey: string
  allocation: number
  /** Empty for the control arm. */
  variant: string
  /** Empty for first exposures. */
  metric: string
  subBuckets: number[][]
  /** How long ago the flag had a newer allocation already, as far as this batch can tell; undefined while it has none. */
  endedAgoMs: number | undefined
}

/** A batch as it is counted. */
export interface CountedBatch {
  environmentId: string
  instance: string
  /** Undefined for a batch that is sent once and never repeated; it leaves no cursor behind. */
  seq: number | undefined
  sdk: string
  /** What the SDK served when it closed the batch. */
  served: { epoch: string; revision: number } | undefined
  points: Point[]
  ramps: RampDelta[]
}

export interface BatchOrigin {
  environmentId: string
  /** Milliseconds since 1970. */
  nowMs: number
  /** How long ago the batch was closed. */
  ageMs: number
  /** From a client key, which lies open in a page. */
  isPage: boolean
}

/** What the service knows of the environment that a batch is about. */
export interface Known {
  flag(key: string): FlagDocument | undefined
  /** Whether the metric may be counted at all. */
  metric(name: string): boolean
  /** Whether what pages report of the metric may decide about a ramp. */
  trustsPages(metric: string): boolean
}

export interface Content {
  points: Point[]
  ramps: RampDelta[]
  /** Rows that were left out. */
  ignored: number
}

/**
 * The rows of a batch. Those of flags, variants and metrics that do not exist here are left out: an old SDK must not block
 * its own batch. Of pages only flags count that pages may see; and nothing of theirs decides about a ramp, unless the
 * metric says so: a key that everybody can read must not be able to stop one.
 */
export function contentOf(batch: TelemetryBatch, origin: BatchOrigin, known: Known): Content {
  const { environmentId, nowMs, ageMs, isPage } = origin
  const minute = Math.floor((nowMs - ageMs) / 60_000) * 60_000
  const sdk = sdkLabel(batch)
  const { exposures, metrics = [], ramps = [] } = batch

  function find(key: string, variant: string | null): FlagDocument | undefined {
    const flag = known.flag(key)
    if (isPage && !flag?.clientVisible) return undefined
    return variant === null || flag?.variants.some(({ name }) => name === variant) ? flag : undefined
  }

  const points: Point[] = []
  for (const { flag, variant, count } of exposures) {
    if (!find(flag, variant)) continue
    points.push({ environmentId, flagKey: flag, variant, metric: '', sdk, minute, count })
  }
  for (const { metric, flag = '', variant = '', count, sum, zeros, bins } of metrics) {
    if (!known.metric(metric) || (flag !== '' && !find(flag, variant))) continue
    const tracked = { sum, zeros, bins }
    points.push({ environmentId, flagKey: flag, variant, metric, sdk, minute, count, tracked })
  }
  const deltas: RampDelta[] = []
  for (const { flag: flagKey, allocation, variant, metric = '', subBuckets } of ramps) {
    const flag = find(flagKey, variant)
    if (!flag || (metric !== '' && !known.metric(metric))) continue
    if (isPage && !(metric !== '' && known.trustsPages(metric))) continue
    const endedAgoMs = flag.allocation > allocation ? ageMs : undefined
    deltas.push({ environmentId, flagKey, allocation, variant: variant ?? '', metric, subBuckets, endedAgoMs })
  }
  const given = exposures.length + metrics.length + ramps.length
  return { points, ramps: deltas, ignored: given - points.length - deltas.length }
}

/** `rampart-node/0.1.0` */
export function sdkLabel({ sdk }: Pick<TelemetryBatch, 'sdk'>): string {
  return `${sdk.name}/${sdk.version}`
}
