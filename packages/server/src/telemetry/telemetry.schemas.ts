import { z } from '@hono/zod-openapi'
import { SUB_BUCKETS } from '@rampart/evaluation'
import { strictObject } from '../http/strict-object.ts'

const label = z.string().min(1).max(128)
const allocation = z
  .int()
  .nonnegative()
  .max(2 ** 31 - 1)
/** JSON has no infinity, but 1e999 becomes one. */
const sum = z.number().min(-1e30).max(1e30)
const amount = z.int().positive().max(1e12, 'No process counts that far between two batches.')
const subBucket = z
  .int()
  .nonnegative()
  .max(SUB_BUCKETS - 1)

/** One arm of a running ramp: first exposures by sub-bucket or, with a metric, what was tracked. */
const rampSchema = strictObject({
  flag: label,
  allocation,
  /** Null for the control arm: in reach of the rollout and outside of its share. */
  variant: label.nullable(),
  metric: label.optional(),
  /** `[subBucket, units]`, for a metric `[subBucket, units, count, sum, logSum]`. */
  subBuckets: z
    .array(z.union([z.tuple([subBucket, amount]), z.tuple([subBucket, z.int().nonnegative(), amount, sum, sum])]))
    .max(SUB_BUCKETS),
})

/** A tracked metric over everybody. `bins` is a histogram whose bin i ends at gamma^i, gamma = 1.01 / 0.99. */
const metricSchema = strictObject({
  metric: label,
  count: amount,
  sum,
  zeros: z.int().nonnegative(),
  bins: z.array(z.tuple([z.int().min(-10_000).max(10_000), amount])).max(4_000),
})

/** One batch of counters, as an SDK froze it. The same (instance, seq) always comes with the same bytes. */
export const telemetryBatchSchema = strictObject({
  instance: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'The id of this SDK process: at most 64 letters, digits, . _ : -'),
  seq: z.int().positive('Batches count up from 1.'),
  sdk: strictObject({ name: label, version: label }),
  spanMs: z
    .int()
    .nonnegative()
    .max(7 * 86_400_000),
  exposures: z
    .array(
      strictObject({
        flag: label,
        variant: label,
        allocation,
        count: amount,
      }),
    )
    .max(10_000),
  ramps: z.array(rampSchema).max(1_000).optional(),
  metrics: z.array(metricSchema).max(1_000).optional(),
  /** Evaluations that the SDK could not keep while the service was away. */
  dropped: z.int().nonnegative().optional(),
}).openapi('TelemetryBatch')

export type TelemetryBatch = z.infer<typeof telemetryBatchSchema>

export const acknowledgementSchema = z
  .object({
    acknowledged: z.int(),
    /** True when this batch was counted before. */
    duplicate: z.boolean(),
    /** Counters left out because their flag or variant does not exist here. */
    ignored: z.int(),
  })
  .openapi('Acknowledgement')

const DIGITS = /^\d{1,15}$/
/** An SDK gives a batch up after a day; whatever claims more is counted as this old. */
const MAX_AGE_MS = 2 * 86_400_000

/** Milliseconds since the batch was closed, by the client's own stopwatch. Missing or odd means "just now". */
export function readBatchAge(header: string | undefined): number {
  return header !== undefined && DIGITS.test(header) ? Math.min(Number(header), MAX_AGE_MS) : 0
}
