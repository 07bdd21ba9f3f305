export { type Answers, newOutcome } from './answers.ts'
export { hashUnit } from '#hash'
export { bucketOf, SUB_BUCKETS, seedOf, subBucketOf, VARIANT_SALT_SUFFIX } from './bucket.ts'
export { type CompiledFlag, compileFlag, type Lookup } from './compile-flag.ts'
export {
  type CompiledSnapshot,
  compileDocuments,
  compileSnapshot,
  type Documents,
  type Keep,
  type Kept,
} from './compile-snapshot.ts'
export {
  type CompiledCondition,
  type CompiledSegment,
  compileSegment,
  isInSegment,
  type SegmentLookup,
} from './condition.ts'
export { decide, type Evaluation, evaluate } from './evaluate.ts'
export type { DisabledMetadata, ErrorCode, Outcome, Reason } from './outcome.ts'
export { armOf, armsOf, type CompiledRamp, CONTROL_ARM, findRamp, NO_ARM } from './ramp.ts'
export { type CompiledRollout, inclusionBucketOf, unitFor } from './rollout.ts'
export {
  ATTRIBUTE_OPERATORS,
  type AttributeCondition,
  type AttributeOperator,
  type Condition,
  type CurrentEvent,
  type FlagDocument,
  type FlagType,
  type IndividualTarget,
  type JsonValue,
  type KillEvent,
  type MetricLimits,
  type PatchEvent,
  type Prerequisite,
  type ResetEvent,
  ROLLOUT_HASHINGS,
  type Rollout,
  type RolloutHashing,
  type Rule,
  type SegmentCondition,
  type SegmentDelta,
  type SegmentDocument,
  type Serve,
  type Snapshot,
  type SnapshotHeader,
  type SnapshotLine,
  type SplitPart,
  type Variant,
  WEIGHT_SCALE,
} from './snapshot.ts'
export { exposedShare, type FlagState, flagState, type StatedFlag } from './state.ts'
export { type Attributes, compilePath, keyOf, NO_KEY, readAttribute, type User } from './user.ts'
