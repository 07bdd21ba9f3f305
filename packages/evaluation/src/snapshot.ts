// The wire types: what a server SDK receives and what the evaluation compiles. Written by hand, free of any schema
// library, because three packages and other languages read them; a type test in the server proves that they agree
// with the API's own schemas.

/** Weights are integers out of this; percent exists on screens only. */
export const WEIGHT_SCALE = 100_000

export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }

export type FlagType = 'boolean' | 'string' | 'number' | 'object'

export interface Variant {
  name: string
  value: JsonValue
}

/**
 * One test of one attribute. Several `values` mean "any of them". A missing attribute is no match, and with
 * `negate` it is a match.
 */
export interface AttributeCondition {
  op: AttributeOperator
  /** Name of an attribute; dots descend into nested objects. `key` is the targeting key. */
  attribute: string
  values: JsonValue[]
  negate?: boolean
  /** Text operators only: compare without regard to case. */
  ignoreCase?: boolean
}

export const ATTRIBUTE_OPERATORS = [
  'in',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'greaterOrEqual',
  'before',
  'after',
  'semverEqual',
  'semverLessThan',
  'semverLessOrEqual',
  'semverGreaterThan',
  'semverGreaterOrEqual',
  'inNetwork',
  'exists',
] as const
export type AttributeOperator = (typeof ATTRIBUTE_OPERATORS)[number]

/** True when the targeting key belongs to any of the named segments. */
export interface SegmentCondition {
  op: 'segment'
  values: string[]
  negate?: boolean
}

export type Condition = AttributeCondition | SegmentCondition

export interface SplitPart {
  variant: string
  weight: number
}

/** Hashings of other systems, for imported rollouts: everybody stays where they were. */
export const ROLLOUT_HASHINGS = ['unleash', 'flagd'] as const
export type RolloutHashing = (typeof ROLLOUT_HASHINGS)[number]

/** A share of people, found by hashing: who is in it (inclusion), and which variant they get (split). */
export interface Rollout {
  /** Attribute that is hashed instead of the targeting key, for example an organisation. */
  bucketBy?: string
  /** A salt of its own makes this rollout deliberately independent of the flag's others. */
  salt?: string
  /** Share of people in the rollout, 0 .. 100 000. */
  weight: number
  /** Variants of those inside; the weights sum to 100 000. */
  split: SplitPart[]
  /** Variant of those outside; the off variant unless given. */
  control?: string
  /** Only of an imported rollout; without it the bucketing contract of docs/evaluation.md holds. */
  hashing?: RolloutHashing
  /** What happens to those outside: they get `control`, or the next rule is tried. Default `control`. */
  otherwise?: 'control' | 'next'
}

/** What a rule gives to those it matches: one variant for all, or a rollout. */
export type Serve = { variant: string; rollout?: undefined } | { rollout: Rollout; variant?: undefined }

export interface Rule {
  /** Unique within the flag and environment; stable over edits. */
  id: string
  description?: string
  /** All must hold; an empty list matches everybody. */
  conditions: Condition[]
  serve: Serve
}

export interface IndividualTarget {
  variant: string
  keys: string[]
}

export interface Prerequisite {
  flag: string
  variants: string[]
}

/**
 * What a metric of a ramp is measured against, fixed before it is used: limits come and change with a new allocation.
 * `over95` and `over99` are bins of the SDK's histogram: what lies above them is slow; values above `cap` count as `cap`.
 */
export interface MetricLimits {
  over95: number
  over99: number
  cap: number
}

/** A flag as one environment serves it. Rows are replaced whole, never merged field by field. */
export interface FlagDocument {
  key: string
  type: FlagType
  salt: string
  variants: Variant[]
  offVariant: string
  on: boolean
  killed: boolean
  /**
   * Environment revision of the last kill or restore of this flag, 0 for never. `killed` belongs to it and not to
   * `revision`: a kill event overtakes queued patches, and an older row that arrives later must not undo it.
   */
  killRevision: number
  prerequisites?: Prerequisite[]
  targets?: IndividualTarget[]
  rules: Rule[]
  defaultServe: Serve
  clientVisible?: boolean
  /** Only while a ramp runs: the rule whose rollout it changes, null for the default rule. SDKs then count its arms. */
  ramp?: { rule: string | null; limits?: Record<string, MetricLimits> }
  /** Counters belong to (flag, allocation version): it grows when weight, split, bucketBy or rules change. */
  allocation: number
  /** Environment revision of the last change of this row, its kill included. */
  revision: number
}

export interface SegmentDocument {
  key: string
  included: string[]
  excluded: string[]
  /** Groups of conditions: a group matches when all of its conditions do; any group is enough. */
  rules: Condition[][]
  revision: number
}

/** Everything needed to evaluate one environment. */
export interface Snapshot {
  /** ULID of the environment's history; a larger one wins, and revisions compare only within one. */
  epoch: string
  revision: number
  project: string
  environment: string
  flags: FlagDocument[]
  segments: SegmentDocument[]
}

// --- Lines of GET /sdk/v1/snapshot (NDJSON) ---------------------------------------------------------------------

/** First line. `empty` must be true for an environment without flags: a client that had some distrusts silence. */
export interface SnapshotHeader {
  rampart: 1
  epoch: string
  revision: number
  project: string
  environment: string
  empty?: boolean
  /** Checks QA links: the 32 bytes of an Ed25519 public key, base64url. Missing before the environment's first link. */
  linkKey?: string
}
export type SnapshotLine =
  | SnapshotHeader
  | { flag: FlagDocument }
  | { segment: SegmentDocument }
  | { end: { flags: number; segments: number } }

// --- Events of GET /sdk/v1/stream (SSE); the id of an event that moves the cursor is `epoch.revision` ------------

/** The whole flags changed since `from`. Applied when the epoch is equal and from <= mine < to, row by row where newer. */
export interface PatchEvent {
  epoch: string
  from: number
  to: number
  /** As in the header of a snapshot; in every patch of an environment that has one. */
  linkKey?: string
  flags: FlagDocument[]
  /** Tombstones of archived flags. */
  removedFlags: { key: string; revision: number }[]
  segments: SegmentDocument[]
  /** Changes of long lists, for clients that hold the segment at `from`. Who holds another revision fetches the snapshot. */
  segmentDeltas?: SegmentDelta[]
  removedSegments: { key: string; revision: number }[]
}

/** What was added to and removed from a segment's included keys; nothing else of it has changed. */
export interface SegmentDelta {
  key: string
  from: number
  to: number
  add: string[]
  remove: string[]
}

/** Events `kill` and `restore`: sent before anything queued, never moves the cursor; the next patch contains it. */
export interface KillEvent {
  epoch: string
  flag: string
  revision: number
  /** Asks every server SDK to confirm on POST /sdk/v1/receipts within this window, at a random moment in it. */
  receipt?: { windowMs: number }
}

/** Fetch the snapshot, at a random moment within `spreadMs`. */
export interface ResetEvent {
  epoch: string
  revision: number
  spreadMs: number
}

/** First event of a stream whose client is up to date. */
export interface CurrentEvent {
  epoch: string
  revision: number
}
