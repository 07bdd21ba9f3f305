// Flags, segments, what an environment serves, and how far a kill has come.
import type {
  Condition,
  FlagType,
  IndividualTarget,
  JsonValue,
  Prerequisite,
  Rule,
  Serve,
  Variant,
} from '@rampart/evaluation'
import type { RampBrief, RampState } from './ramps.ts'

interface Kill {
  killed: boolean
  at: string | null
  by: string | null
  reason: string | null
  revision: number
}

export type FlagState = 'killed' | 'held' | 'ramping' | 'off' | 'dark' | 'on'

export type FlagKind = 'release' | 'ops' | 'experiment' | 'permission'

/** The part of a configuration that people edit; a PATCH carries any of it. */
export interface ConfigurationEdit {
  on: boolean
  offVariant: string
  prerequisites: Prerequisite[]
  targets: IndividualTarget[]
  rules: Rule[]
  defaultServe: Serve
}

export interface Configuration extends ConfigurationEdit {
  version: number
  allocation: number
  revision: number
  updatedAt: string
  updatedBy: string | null
  state: FlagState
  /** The exposed weight, out of 100 000. */
  share: number
  kill: Kill
  /** State of the ramp that is not over. */
  ramp: RampState | null
}

export interface FlagFacts {
  key: string
  type: FlagType
  name: string
  description: string
  owner: string
  tags: string[]
  kind: FlagKind
  /** Days it is expected to live by its own word; null for what its kind says, 0 for as long as it is useful. */
  lifetimeDays: number | null
  /** The outcome of that; null for as long as it is useful. */
  expectedDays: number | null
  clientVisible: boolean
  createdAt: string
  archivedAt: string | null
}

export interface Flag extends FlagFacts {
  variants: Variant[]
  salt: string
  updatedAt: string
  environments: Record<string, Configuration>
}

export interface EnvironmentSummary {
  state: FlagState
  share: number
  on: boolean
  ramp: RampBrief | null
  killed: boolean
  killedBy: string | null
  killedReason: string | null
  killedAt: string | null
  version: number
  updatedAt: string
}

interface ListedChange {
  at: string
  by: string
  sentence: string
  environment: string | null
}

export interface FlagSummary extends FlagFacts {
  lastChange: ListedChange | null
  environments: Record<string, EnvironmentSummary>
}

interface SegmentFacts {
  key: string
  name: string
  description: string
  version: number
  createdAt: string
  updatedAt: string
  updatedBy: string
  archivedAt: string | null
}

/** A segment with the sizes of its lists. */
export interface SegmentSummary extends SegmentFacts {
  included: number
  excluded: number
  rules: number
}

/** The part of a segment that people edit; lists go whole. */
export interface SegmentEdit {
  name: string
  description: string
  included: string[]
  excluded: string[]
  rules: Condition[][]
}

export interface Segment extends SegmentFacts, SegmentEdit {
  usedBy: { flags: { flag: string; environments: string[] }[]; segments: string[] }
}

/** A flag that nobody needs any more, and what to delete. */
export interface StaleFlag {
  flag: string
  reason: 'unused' | 'decided' | 'abandoned' | 'overdue'
  since: string
  sentence: string
  lastEvaluatedAt: string | null
}

/** A flag that serves its off variant unless another one is in one of `variants`. */
export interface Dependent {
  flag: string
  environment: string
  variants: string[]
}

/** What became of one flag of many that were to be changed alike. */
export type BulkOutcome = { flag: string; ok: true } | { flag: string; ok: false; code: string; message: string }

/** `yours` is what a copy brings, `current` what is there now. */
export interface EnvironmentComparison {
  from: string
  etag: string
  sentence: string
  difference: StaleVersion['difference']
}

export interface NewFlag {
  key: string
  type: FlagType
  variants?: Variant[]
  offVariant?: string
  name?: string
  description?: string
  owner?: string
  tags?: string[]
  kind?: FlagKind
}

export interface KillDelivery {
  streams: number
  sent: number
  sentMs: number | null
  confirmed: number
  confirmedMs: number | null
  lagging: { instance: string; sdk: string; reason: string }[]
  /** Replicas that hold streams and have not said that they sent it. */
  silent?: { replica: string; streams: number; seenS: number }[]
  unconfirmable: number
}

export interface KillReceipt {
  killed: boolean
  at: string | null
  by: string | null
  reason: string | null
  revision: number
  changed: boolean
  delivery: KillDelivery
}

/** What a refused save (409, STALE_VERSION) tells. */
export interface StaleVersion {
  current: Configuration
  difference: { path: string; yours: JsonValue; current: JsonValue }[]
}
