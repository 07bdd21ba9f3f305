import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { GateFinding } from '../../ramps/advance-gates.ts'
import type { RampPlan } from '../../ramps/ramp-plan.ts'
import { type HoldReason, type RampEvent, type RampState, UNFINISHED_STATES } from '../../ramps/ramp-states.ts'
import type { Actor } from './audit.ts'
import { bigCount } from './columns.ts'
import { environments, projects } from './projects.ts'
import { flags } from './flags.ts'

const unfinished = sql.raw(`state in ('${UNFINISHED_STATES.join("', '")}')`)

/** A plan on one rollout, and how far it has come. All times are the database's. */
export const ramps = pgTable(
  'ramps',
  {
    id: uuid().primaryKey().defaultRandom(),
    flagId: uuid()
      .notNull()
      .references(() => flags.id),
    environmentId: uuid()
      .notNull()
      .references(() => environments.id),
    /** The rule whose rollout it changes; null for the default rule. */
    rule: text(),
    plan: jsonb().$type<RampPlan>().notNull(),
    state: text().$type<RampState>().notNull(),
    /** How many transitions it has made: whoever writes the next one must have seen the last. */
    moves: integer().notNull().default(0),
    holdReason: text().$type<HoldReason>(),
    /** What a person should know about the hold. */
    holdNote: text(),
    /** Index of the step it is at; -1 before the first. */
    step: integer().notNull().default(-1),
    /** Since when the soak of this step runs; null while it does not. */
    soakingSince: timestamp({ withTimezone: true }),
    /** What of the soak had passed before it was last held, in milliseconds. */
    soakedMs: bigCount().notNull().default(0),
    /** When a replica must look at it; null when only a person can do something. */
    dueAt: timestamp({ withTimezone: true }),
    /** Approvals of steps still to come: who and when, by index. */
    approvals: jsonb().$type<Record<string, { by: string; at: string }>>().notNull().default({}),
    /** `flag_kills.revision` when a person last set it going. A later kill or restore holds it without writing here. */
    killRevision: bigCount().notNull().default(0),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    createdBy: text().notNull(),
    startedAt: timestamp({ withTimezone: true }),
    endedAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    uniqueIndex('ramps_one_unfinished').on(table.flagId, table.environmentId).where(unfinished),
    index('ramps_due').on(table.dueAt).where(sql`state = 'running'`),
    index('ramps_flag').on(table.flagId, table.environmentId, table.createdAt),
  ],
)

/** Every transition a ramp has made, one row each: what a second leader would write again, the key refuses. */
export const rampTransitions = pgTable(
  'ramp_transitions',
  {
    rampId: uuid()
      .notNull()
      .references(() => ramps.id),
    /** 1, 2, 3 ... */
    seq: integer().notNull(),
    at: timestamp({ withTimezone: true }).notNull(),
    event: text().$type<RampEvent>().notNull(),
    state: text().$type<RampState>().notNull(),
    step: integer().notNull(),
    /** The share of its rollout afterwards. */
    weight: integer().notNull(),
    actor: jsonb().$type<Actor>().notNull(),
    sentence: text().notNull(),
    reason: text(),
    /** What the gate found when it decided; empty for what a person decided. */
    evidence: jsonb().$type<GateFinding[]>().notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.rampId, table.seq] })],
)

/** Plans that a project keeps for the next ramp. */
export const rampTemplates = pgTable(
  'ramp_templates',
  {
    projectId: uuid()
      .notNull()
      .references(() => projects.id),
    name: text().notNull(),
    description: text().notNull().default(''),
    plan: jsonb().$type<Omit<RampPlan, 'startAt' | 'template'>>().notNull(),
    updatedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    updatedBy: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.projectId, table.name] })],
)
