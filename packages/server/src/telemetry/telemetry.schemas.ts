import { z } from '@hono/zod-openapi'
import { strictObject } from '../http/strict-object.ts'

const label = z.string().min(1).max(128)

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
        allocation: z
          .int()
          .nonnegative()
          .max(2 ** 31 - 1),
        count: z.int().positive().max(1e12, 'No process counts that far between two batches.'),
      }),
    )
    .max(10_000),
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
