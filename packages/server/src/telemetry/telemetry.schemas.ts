import { z } from '@hono/zod-openapi'
import { SUB_BUCKETS } from '@rampart/evaluation'
import { strictObject } from '../http/strict-object.ts'
import { MAX_AGE_MS } from './retention.ts'

/** What JSON can tell apart, and dates, which travel as text. */
export const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'list', 'date'] as const

/** Text that the database takes as it is: one name that it refuses would hold up all batches that share its commit. */
const label = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'A name has no control characters and no halves of a character.')
const allocation = z
  .int()
  .nonnegative()
  .max(2 ** 31 - 1)
/** JSON has no infinity, but 1e999 becomes one. */
const sum = z.number().min(-1e30).max(1e30)
const amount = z.int().positive().max(1e12, 'No process counts that far between two batches.')
const LARGEST_COUNT = 1e12
const MOST_BINS = 4_000

function isCount(value: unknown, least = 0): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= LARGEST_COUNT
}

function isSum(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) <= 1e30
}

// By hand, because a fleet sends hundreds of thousands of these rows a second, and a schema takes ten times as long.
function isSubBucketRow(row: unknown): boolean {
  if (!Array.isArray(row)) return false
  const [subBucket, units, count, total, logSum, over95, over99, capped] = row
  if (!Number.isInteger(subBucket) || subBucket < 0 || subBucket >= SUB_BUCKETS) return false
  if (row.length === 2) return isCount(units, 1)
  if (!isCount(units) || !isCount(count, 1) || !isSum(total) || !isSum(logSum)) return false
  return row.length === 5 || (row.length === 8 && isCount(over95) && isCount(over99) && isSum(capped))
}

function isBin(row: unknown): boolean {
  if (!Array.isArray(row) || row.length !== 2) return false
  const [index, count] = row
  return Number.isInteger(index) && Math.abs(index) <= 10_000 && isCount(count, 1)
}

const numberRows = { type: 'array' as const, items: { type: 'array' as const, items: { type: 'number' as const } } }

/** One arm of a running ramp: first exposures by sub-bucket or, with a metric, what was tracked. */
const rampSchema = strictObject({
  flag: label,
  allocation,
  /** Null for the control arm: in reach of the rollout and outside of its share. */
  variant: label.nullable(),
  metric: label.optional(),
  /**
   * `[subBucket, units]`, for a metric `[subBucket, units, count, sum, logSum]`, and where the ramp has limits for the
   * metric `[..., over95, over99, capped]` behind it.
   */
  subBuckets: z
    .custom<number[][]>(
      (rows) => Array.isArray(rows) && rows.length <= SUB_BUCKETS && rows.every(isSubBucketRow),
      'At most 128 rows: [subBucket, units], with a metric [subBucket, units, count, sum, logSum], with limits three more.',
    )
    .openapi({ ...numberRows, maxItems: SUB_BUCKETS }),
})

/**
 * A tracked metric: of those who get a variant of a flag, or without a flag over everybody. `bins` is a histogram whose bin i
 * ends at gamma^i, gamma = 1.01 / 0.99.
 */
const metricSchema = strictObject({
  metric: label,
  flag: label.optional(),
  variant: label.optional(),
  count: amount,
  sum,
  zeros: z.int().nonnegative().max(LARGEST_COUNT),
  bins: z
    .custom<[number, number][]>(
      (rows) => Array.isArray(rows) && rows.length <= MOST_BINS && rows.every(isBin),
      'At most 4 000 rows of [index, count].',
    )
    .openapi({ ...numberRows, maxItems: MOST_BINS }),
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
  /** Names and types of attributes that were given, never values. */
  attributes: z
    .array(z.tuple([label, z.enum(ATTRIBUTE_TYPES)]))
    .max(100)
    .optional(),
  /** What the SDK served when it closed the batch. */
  epoch: label.optional(),
  revision: z.int().nonnegative().optional(),
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

/** Milliseconds since the batch was closed, by the client's own stopwatch. Missing or odd means "just now". */
export function readBatchAge(header: string | undefined): number {
  return header !== undefined && DIGITS.test(header) ? Math.min(Number(header), MAX_AGE_MS) : 0
}
