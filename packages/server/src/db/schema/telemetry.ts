import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { bigCount } from './columns.ts'
import { environments, projects } from './projects.ts'

/**
 * What is counted: a line of a graph. Points name it by a number of four bytes, so that a year of them stays small. Flags
 * stand by their key: a key is never used again.
 */
export const telemetrySeries = pgTable(
  'telemetry_series',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    /** Empty for a metric over everybody, as SDKs report that know nothing of flags. */
    flagKey: text().notNull(),
    variant: text().notNull(),
    /** Empty for exposures. */
    metric: text().notNull(),
    /** `rampart-node/0.1.0` */
    sdk: text().notNull(),
  },
  (table) => [
    unique('telemetry_series_identity').on(table.environmentId, table.flagKey, table.metric, table.variant, table.sdk),
  ],
)

/** Sums of one series over one minute, hour or day. What is tracked has a sum and a histogram besides its count. */
const point = () => ({
  /** Of `telemetry_series`, of which no row is ever deleted: a foreign key would cost a look-up and a lock per row. */
  seriesId: integer().notNull(),
  /** Where the minute, hour or day begins, in UTC. */
  at: timestamp({ withTimezone: true }).notNull(),
  count: bigCount().notNull(),
  sum: doublePrecision(),
  /** Values of 0 or less. */
  zeros: bigCount(),
  /** Histogram: bin i ends at gamma^i, gamma = 1.01/0.99. Ascending, and `binCounts` beside it. */
  bins: smallint().array(),
  binCounts: bigint({ mode: 'number' }).array(),
})

/** Kept for 3 days. Those older than the span in which a batch may still arrive never change. */
export const telemetryMinutes = pgTable('telemetry_minutes', point(), (table) => [
  primaryKey({ columns: [table.seriesId, table.at] }),
  // Rows arrive in the order of time, so a few bytes per hundred pages find an hour.
  index('telemetry_minutes_at').using('brin', table.at),
])

/** Kept for 100 days. */
export const telemetryHours = pgTable('telemetry_hours', point(), (table) => [
  primaryKey({ columns: [table.seriesId, table.at] }),
  index('telemetry_hours_at').using('brin', table.at),
])

/** Kept for 400 days. */
export const telemetryDays = pgTable('telemetry_days', point(), (table) => [
  primaryKey({ columns: [table.seriesId, table.at] }),
  index('telemetry_days_at').using('brin', table.at),
])

/**
 * Hours whose minutes have changed and must be summed up again. A mark carries the minute in which it was made and goes
 * only when that is long over: a batch that was still committing when the hour was summed has its mark summed later.
 */
export const telemetryChangedHours = pgTable(
  'telemetry_changed_hours',
  {
    hour: timestamp({ withTimezone: true }).notNull(),
    markedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.hour, table.markedAt] })],
)

/**
 * A span in which the allocation of a flag with a running ramp did not change: what verdicts compare within. It ends when
 * the flag gets a new allocation; what arrives long after that is late.
 */
export const rampStrata = pgTable(
  'ramp_strata',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    flagKey: text().notNull(),
    allocation: integer().notNull(),
    startedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    endedAt: timestamp({ withTimezone: true }),
  },
  (table) => [unique('ramp_strata_allocation').on(table.environmentId, table.flagKey, table.allocation)],
)

/** What verdicts are made of, as it arrived: appended, so that replicas never wait for each other, and folded by a job. */
export const rampSumDeltas = pgTable('ramp_sum_deltas', {
  id: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  stratumId: integer()
    .notNull()
    .references(() => rampStrata.id),
  /** Empty for the control arm. */
  variant: text().notNull(),
  /** Empty for first exposures. */
  metric: text().notNull(),
  /** `[subBucket, units, count, sum, logSum, over95, over99, capped]`; ends that are zero are left out. */
  subBuckets: jsonb().$type<number[][]>().notNull(),
  arrivedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
})

/** The same summed up: one row per arm and metric of a stratum, and apart from it what came too late to decide. */
export const rampSums = pgTable(
  'ramp_sums',
  {
    stratumId: integer()
      .notNull()
      .references(() => rampStrata.id),
    variant: text().notNull(),
    metric: text().notNull(),
    late: boolean().notNull(),
    subBuckets: jsonb().$type<number[][]>().notNull(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.stratumId, table.variant, table.metric, table.late] })],
)

/** Names that applications track. */
export const metrics = pgTable(
  'metrics',
  {
    projectId: uuid()
      .notNull()
      .references(() => projects.id),
    name: text().notNull(),
    /** Whether what pages report of it may decide about a ramp: whoever reads a page's key can then stop one. */
    fromPages: boolean().notNull().default(false),
    firstSeenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.name] })],
)

/** Names and types, never values, of the attributes that applications give: offered where rules are written. */
export const contextAttributes = pgTable(
  'context_attributes',
  {
    projectId: uuid()
      .notNull()
      .references(() => projects.id),
    name: text().notNull(),
    type: text().notNull(),
    lastSeenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.name, table.type] })],
)

/**
 * Evaluations per minute as earlier versions counted them. A replica of such a version may still write here during a
 * rollout; the job that sums up moves the rows over.
 */
export const exposureMinutes = pgTable(
  'exposure_minutes',
  {
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    flagKey: text().notNull(),
    minute: timestamp({ withTimezone: true }).notNull(),
    variant: text().notNull(),
    allocation: integer().notNull(),
    count: bigCount().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.environmentId, table.flagKey, table.minute, table.variant, table.allocation] }),
    // The list of flags asks for the last day of all of them at once.
    index('exposure_minutes_environment_minute').on(table.environmentId, table.minute),
  ],
)

/** The last batch that was counted, per SDK instance: written in the batch's own transaction, so a repeat counts once. */
export const telemetryCursors = pgTable(
  'telemetry_cursors',
  {
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    instance: text().notNull(),
    seq: bigCount().notNull(),
    /** `rampart-node/0.1.0` */
    sdk: text().notNull().default(''),
    /** Of the flags it served when it closed its last batch; null when it does not say. */
    epoch: text(),
    revision: bigCount(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.environmentId, table.instance] })],
)
