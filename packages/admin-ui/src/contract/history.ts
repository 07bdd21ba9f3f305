// What was changed, by whom, and what can be taken back.
import type { JsonValue } from '@rampart/evaluation'
import type { Actor } from './projects.ts'

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
