// What the service answers, written by hand from docs/http-api.md: the console must not drag the server's code along,
// and the wire types of rules and rollouts come from the evaluation, which both sides share.
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

export type FlagState = 'killed' | 'held' | 'ramping' | 'off' | 'dark' | 'on'
export type FlagKind = 'release' | 'ops' | 'experiment' | 'permission'

export interface Actor {
  kind: string
  id: string
  name: string
}

export interface Environment {
  key: string
  name: string
  production: boolean
  position: number
  revision: number
  /** Every change of what is served must say why. */
  reasonRequired: boolean
  /** An edit waits for a second person; a kill and a ramp down never do. */
  approvalRequired: boolean
}

export interface Project {
  key: string
  name: string
  environments: Environment[]
}

interface Kill {
  killed: boolean
  at: string | null
  by: string | null
  reason: string | null
  revision: number
}

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

type RampState = 'draft' | 'running' | 'holding' | 'rolled_back' | 'completed' | 'cancelled'
export type RampVerb =
  | 'plan'
  | 'start'
  | 'pause'
  | 'resume'
  | 'advance'
  | 'approve'
  | 'rollback'
  | 'acknowledge'
  | 'cancel'

export interface NextMove {
  does: 'step' | 'complete' | 'nothing'
  step: number | null
  weight: number | null
  at: string | null
  waitsFor: 'start' | 'soak' | 'person' | 'approval' | 'window' | null
  sentence: string
}

/** What a line of a list says about a ramp. */
export interface RampBrief {
  state: RampState
  holdReason: 'paused' | 'killed' | 'approval' | 'acknowledged' | 'failed' | null
  step: number
  stepCount: number
  weight: number
  next: NextMove
}

export interface RampLine extends RampBrief {
  flag: string
  environment: string
  rule: string | null
  startedAt: string | null
}

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday'

export interface RampWindow {
  days: Weekday[]
  from: string
  to: string
}

export interface PlannedStep {
  weight: number
  soakSeconds: number
  approval: boolean
}

export interface RampPlan {
  mode: 'timed' | 'manual'
  steps: PlannedStep[]
  startAt: string | null
  timeZone: string | null
  windows: RampWindow[]
}

export interface RampStep extends PlannedStep {
  status: 'done' | 'here' | 'ahead'
  reachedAt: string | null
  approvedBy: string | null
}

interface RampMove {
  seq: number
  at: string
  event: string
  weight: number
  by: string
  sentence: string
  reason: string | null
  evidence: { gate: string; passed: boolean; sentence: string }[]
}

export interface Ramp extends RampLine {
  id: string
  holdNote: string | null
  plan: RampPlan & { template: string | null }
  steps: RampStep[]
  soakEndsAt: string | null
  can: RampVerb[]
  history: RampMove[]
  createdAt: string
  createdBy: string
  endedAt: string | null
}

/** What is asked for when a ramp is planned. */
export interface NewRamp extends RampPlan {
  rule?: string
  reason?: string
}

export interface RampTemplate {
  name: string
  description: string
  builtIn: boolean
  plan: Omit<RampPlan, 'startAt'>
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

export interface Marker {
  at: string
  kind: 'deploy' | 'change' | 'kill' | 'restore'
  label: string
  by: string | null
  reason: string | null
  flag: string | null
  environment: string | null
  url: string | null
  auditId: string | number | null
}

export interface Exposures {
  from: string
  to: string
  stepMs: number
  series: { variant: string; counts: number[] }[]
  total: number
  markers: Marker[]
}

/** One arm of a metric, a number per step; null where nothing was tracked. */
export interface MetricArm {
  count: number[]
  mean: (number | null)[]
  p50: (number | null)[]
  p95: (number | null)[]
  p99: (number | null)[]
}

export interface FlagMetrics {
  from: string
  to: string
  stepMs: number
  evaluations: { exposed: number[]; notExposed: number[] }
  metrics: {
    metric: string
    /** Values of 0 and 1, none at all, or any number. */
    kind: 'share' | 'occurrence' | 'number'
    exposed: MetricArm
    notExposed: MetricArm
  }[]
}

export interface Attribute {
  name: string
  type: 'text' | 'number' | 'boolean' | 'list' | 'date'
}

export interface Sdk {
  instance: string
  name: string
  sdk: string
  version: string
  language: string
  state: 'live' | 'behind' | 'lost' | 'polling'
  revision: number | null
  reportedAt: string | null
  /** How many revisions it lacks, when it lags. */
  lacks: number
  connectedAt: string | null
  lostAt: string | null
  replica: string
}

export interface Sdks {
  revision: number
  sdks: Sdk[]
  counts: {
    live: number
    behind: number
    lost: number
    polling: number
    pages: number
    ofrep: number
    anonymous: number
  }
  more: number
  replicas: { name: string; seenAt: string; revision: number | null; isSilent: boolean }[]
}

export interface DayExposures {
  total: number
  exposed: number
  /** `exposed` by the hour: twenty-four numbers, oldest first. */
  points: number[]
}

export interface EnvironmentExposures {
  stepMs: number
  from: string
  flags: Record<string, DayExposures>
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

export interface AuditEntry {
  id: string | number
  at: string
  actor: Actor
  via: string
  action: string
  sentence: string
  reason: string | null
  approvedBy?: string | null
  environment: string | null
  flag: string | null
  version: number | null
  revision: number | null
  before: JsonValue
  after: JsonValue
}

type TimelineKind = 'kill' | 'restore' | 'ramp' | 'change' | 'request' | 'settings' | 'deploy' | 'verdict'

/** The request that takes a change back, ready to be sent. */
export interface UndoAction {
  label: string
  will: string
  method: 'POST' | 'PATCH'
  path: string
  ifMatch: string | null
  body: Record<string, unknown>
  needsReason: boolean
  needsApproval: boolean
}

export interface TimelineItem {
  id: string
  at: string
  kind: TimelineKind
  action: string
  sentence: string
  by: string
  source: string
  reason: string | null
  approvedBy: string | null
  flag: string | null
  environment: string | null
  service: string | null
  url: string | null
  version: number | null
  revision: number | null
  delivery: { streams: number; confirmed: number } | null
  undo: { state: 'possible' | 'done' | 'superseded'; action: UndoAction | null } | null
}

export interface Timeline {
  from: string
  to: string
  items: TimelineItem[]
  next: string | null
  /** These four come with the first page. */
  total: number | null
  people: string[] | null
  services: string[] | null
  sources: string[] | null
}

/** The caller's own last change, for as long as it can be undone. */
export interface LastChange {
  entry: string
  sentence: string
  flag: string | null
  environment: string | null
  leftMs: number
  action: UndoAction
}

/** A configuration's version, without what it served. */
export interface VersionFacts {
  version: number
  at: string | null
  by: string | null
  sentence: string
  reason: string | null
}

export interface Versions {
  versions: VersionFacts[]
  current: number
  next: number | null
}

export interface Step {
  path: string
  before: JsonValue
  after: JsonValue
}

export interface VersionComparison {
  from: VersionFacts
  to: VersionFacts
  /** What going from one to the other does, in words. */
  will: string
  difference: Step[]
}

/** An edit that waits for a second person. */
export interface ChangeRequest {
  id: string
  flag: string
  environment: string
  state: 'open' | 'approved' | 'applied' | 'rejected' | 'withdrawn'
  version: number
  baseVersion: number
  currentVersion: number
  outdated: boolean
  sentence: string
  reason: string | null
  requestedBy: string
  authors: Actor[]
  approvedBy: string | null
  decidedBy: string | null
  decidedAt: string | null
  decisionReason: string | null
  createdAt: string
  difference: Step[]
}

export interface AuditPage {
  entries: AuditEntry[]
  next: string | number | null
}

export interface SdkKey {
  id: string
  kind: 'server' | 'client'
  name: string
  prefix: string
  /** The only pages that may use a client key; none for pages of any origin. */
  origins: string[]
  createdAt: string
  createdBy: string
  expiresAt: string | null
  lastUsedAt: string | null
  /** Another key has taken its place; it goes on until `expiresAt`. */
  replaced: boolean
}

export interface NewSdkKey extends SdkKey {
  /** The secret itself: this answer is the only place where it ever appears. */
  key: string
}

/** What is asked for when a key is made. */
export interface SdkKeyRequest {
  kind: 'server' | 'client'
  name: string
  days?: number
  origins?: string[]
}

export interface NewQaLink {
  variant: string
  expiresInSeconds: number
}

export interface QaLink {
  flag: string
  variant: string
  environment: string
  expiresAt: string
  /** Stands behind `?rampart=`; this answer is the only place where it ever appears. */
  token: string
}

/** An address with which an alert manager kills a flag. */
export interface Trigger {
  id: string
  name: string
  prefix: string
  expiresAt: string
  lastUsedAt: string | null
  /** What came of the last use, in words. */
  lastOutcome: string | null
}

export interface NewTrigger extends Trigger {
  /** What follows the address of the service: this answer is the only place where it ever appears. */
  path: string
}

/** An event of the console's own stream: something changed in this environment. */
export interface EnvironmentChange {
  environment: string
  revision: number
  flags: string[]
}

/** What a refused save (409, STALE_VERSION) tells. */
export interface StaleVersion {
  current: Configuration
  difference: { path: string; yours: JsonValue; current: JsonValue }[]
}

export type Role = 'viewer' | 'operator' | 'editor' | 'admin'

/** What somebody may do in a project. */
export interface Rights {
  role: Role
  /** Its writes reach production too. */
  production: boolean
  /** May kill and restore everywhere, whatever the role. */
  kill: boolean
}

/** Rights of whoever asks; `project` null means every project. */
export interface HeldGrant extends Rights {
  project: string | null
  environments: string[] | null
}

/** What a button may need; who has it only the service knows. */
export type Permission =
  | 'projects:write'
  | 'settings:write'
  | 'flags:create'
  | 'flags:write'
  | 'flags:kill'
  | 'ramps:write'
  | 'ramps:stop'
  | 'approvals:write'
  | 'sdk-keys:write'
  | 'triggers:write'

type Refused = Partial<Record<Permission, string>>

/** What somebody may not do in a project, and in each of its environments; a permission that is not named they have. */
export interface Refusals {
  refused: Refused
  environments: Record<string, { refused: Refused }>
}

export interface SignInWays {
  /** Nobody has an account yet. */
  setUp: boolean
  /** Name of the identity provider, if there is one. */
  oidc: string | null
}

/** What an invitation promises, and to whom. */
export interface Invited {
  email: string
  role: Role
  invitedBy: string
}

export interface Member extends Rights {
  id: string
  name: string
  email: string
  secondFactor: boolean
  lastSeenAt: string | null
  /** By a role in all projects, not in this one. */
  everywhere: boolean
  /** The group at the identity provider that gives the role; null where it was given by hand. */
  group: string | null
}

export interface Invitation extends Rights {
  id: string
  email: string
  everywhere: boolean
  createdBy: string
  expiresAt: string
}

export interface NewInvitation extends Rights {
  email: string
}

export interface ApiToken extends Rights {
  id: string
  name: string
  prefix: string
  everywhere: boolean
  environments: string[] | null
  /** The value of RAMPART_ADMIN_TOKEN: it ends when that changes. */
  fromEnvironment: boolean
  createdAt: string
  createdBy: string
  expiresAt: string | null
  lastUsedAt: string | null
  replaced: boolean
}

export interface NewApiToken extends ApiToken {
  /** The secret itself: this answer is the only place where it ever appears. */
  token: string
}

export interface TokenRequest extends Rights {
  name: string
  environments?: string[]
  days?: number
}

export interface Account {
  name: string
  email: string
  secondFactor: boolean
  hasPassword: boolean
}

export interface OwnSession {
  id: string
  /** The one that asks. */
  current: boolean
  address: string
  browser: string
  createdAt: string
  lastSeenAt: string
  expiresAt: string
}

export interface SecondFactorStart {
  /** What a QR code carries. */
  uri: string
  secret: string
  backupCodes: string[]
}
