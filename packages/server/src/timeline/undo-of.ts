import { sameJson } from '../audit/canonical-json.ts'
import type { auditEntries } from '../db/schema/index.ts'
import type { Editable } from '../flags/configuration.schemas.ts'
import { percentOf } from '../flags/describe-weight.ts'
import { onlyRampsDown } from '../flags/needs-approval.ts'
import { describeIntention } from '../flags/sentences.ts'
import { isArchivedBy } from '../flags/undo-archive.ts'
import type { HoldReason, RampState } from '../ramps/ramp-states.ts'

export type Entry = typeof auditEntries.$inferSelect

/** The request that takes a change back, ready to be sent. */
export interface UndoAction {
  /** For a button: "Back to 10 %". */
  label: string
  /** What it will do, in words. */
  will: string
  method: 'POST' | 'PATCH'
  path: string
  /** Goes into the header If-Match. */
  ifMatch: string | null
  body: Record<string, unknown>
  /** The body lacks a reason, and its environment wants one. */
  needsReason: boolean
  /** It becomes a change request. */
  needsApproval: boolean
}

/** possible: by `action`. done: it was taken back. superseded: something else came since. */
export type Undo = { state: 'possible'; action: UndoAction } | { state: 'done' | 'superseded'; action: null }

/** Where an entry belongs. */
export interface EntryPlace {
  project: string
  environment: string | null
  flag: string | null
}

/** A ramp as undoing sees it: where it stands, and the last entry that it or a person wrote about it. */
interface PresentRamp {
  state: RampState
  holdReason: HoldReason | null
  step: number
  steps: readonly { weight: number }[]
  lastSeq: number
}

/** What holds now, as far as it decides about undoing. */
export interface Present {
  archivedAt: Date | null
  /** What describes the flag, to see whether somebody described it anew. */
  facts: Record<string, unknown>
  configuration: { version: number } | undefined
  kill: { killed: boolean; revision: number } | undefined
  /** Versions of this configuration that were made by undoing the one before. */
  undone: ReadonlySet<number>
  rules: { reasonRequired: boolean; approvalRequired: boolean }
  /** The ramp that is not over. */
  ramp: PresentRamp | undefined
}

/**
 * The one undo that fits an entry, or null when nothing takes it back. `fresh` while an edit can still be undone without
 * reason and approval; later it is the version before that is restored.
 */
export function undoOf(entry: Entry, place: EntryPlace, present: Present | undefined, fresh: boolean): Undo | null {
  if (!present || place.flag === null) return null
  if (entry.action === 'flag.archive') return undoOfArchive(entry, place, present, fresh)
  if (present.archivedAt) return null
  if (entry.action === 'flag.kill' || entry.action === 'flag.restore') return undoOfKill(entry, place, present)
  if (entry.action === 'flag.edit') return undoOfFacts(entry, place, present)
  if (entry.action.startsWith('ramp.') && present.ramp) return undoOfMove(entry, place, present.ramp)
  const isEdit = entry.version !== null && entry.before !== null && place.environment !== null
  return isEdit ? undoOfEdit(entry, place, present, fresh) : null
}

function undoOfKill(entry: Entry, place: EntryPlace, { kill }: Present): Undo | null {
  const killed = entry.action === 'flag.kill'
  if (!kill) return null
  if (kill.killed !== killed) return { state: 'done', action: null }
  if (kill.revision !== entry.revision) return { state: 'superseded', action: null }
  const action = killed ? 'restore' : 'kill'
  return {
    state: 'possible',
    action: {
      label: killed ? 'Restore' : 'Kill again',
      will: `${action} ${place.flag} in ${place.environment}`,
      method: 'POST',
      path: `${pathOf(place)}/${action}`,
      ifMatch: null,
      body: {},
      needsReason: false,
      needsApproval: false,
    },
  }
}

/** Only while it is fresh: later the key is promised to stay dead. */
function undoOfArchive(entry: Entry, place: EntryPlace, { archivedAt }: Present, fresh: boolean): Undo | null {
  if (!isArchivedBy(archivedAt, entry.after)) return { state: 'done', action: null }
  if (!fresh) return null
  return {
    state: 'possible',
    action: {
      label: 'Undo',
      will: `take ${place.flag} back out of the archive`,
      method: 'POST',
      path: `${pathOf({ ...place, environment: null })}/archive/undo`,
      ifMatch: null,
      body: { entry: entry.id },
      needsReason: false,
      needsApproval: false,
    },
  }
}

function undoOfEdit(entry: Entry, place: EntryPlace, present: Present, fresh: boolean): Undo | null {
  const { configuration, undone, rules } = present
  const version = entry.version ?? 0
  if (!configuration) return null
  if (undone.has(version + 1)) return { state: 'done', action: null }
  if (configuration.version !== version) return { state: 'superseded', action: null }
  const [before, after] = [entry.before as unknown as Editable, entry.after as unknown as Editable]
  const facts = {
    label: labelOf(before, after),
    will: describeIntention(place.flag ?? '', place.environment ?? '', after, before),
    method: 'POST' as const,
  }
  const action: UndoAction = fresh
    ? {
        ...facts,
        path: `${pathOf(place)}/undo`,
        ifMatch: null,
        body: { entry: entry.id },
        needsReason: false,
        needsApproval: false,
      }
    : {
        ...facts,
        path: `${pathOf(place)}/versions/${version - 1}/restore`,
        ifMatch: `"v${version}"`,
        body: {},
        needsReason: rules.reasonRequired,
        needsApproval: rules.approvalRequired && !onlyRampsDown(after, before),
      }
  return { state: 'possible', action }
}

/** A ramp goes back by its own steps: whatever it is doing, there is one word that takes that back. */
function undoOfMove(entry: Entry, place: EntryPlace, ramp: PresentRamp): Undo | null {
  if (entry.seq !== ramp.lastSeq) return { state: 'superseded', action: null }
  const way = wayBack(entry, ramp)
  if (!way) return null
  const facts = { method: 'POST' as const, ifMatch: null, body: {}, needsReason: false, needsApproval: false }
  const will = `${way.will} ${place.flag} in ${place.environment}${way.rest ?? ''}`
  const action = { ...facts, label: way.label, will, path: `${pathOf(place)}/ramp/${way.verb}` }
  return { state: 'possible', action }
}

function wayBack(entry: Entry, { state, holdReason, step, steps }: PresentRamp) {
  switch (state) {
    case 'draft':
      return { verb: 'cancel', label: 'Cancel the ramp', will: 'cancel the ramp of' }
    case 'running': {
      if (entry.version === null) return { verb: 'pause', label: 'Pause', will: 'pause the ramp of' }
      const from = percentOf(steps[step]?.weight ?? 0)
      const to = percentOf(steps[step - 1]?.weight ?? 0)
      return { verb: 'rollback', label: `Back to ${to}`, will: 'roll', rest: ` back from ${from} to ${to}` }
    }
    case 'holding':
      if (holdReason === 'killed') return null
      return holdReason === 'approval'
        ? { verb: 'approve', label: 'Approve the step', will: 'approve the next step of' }
        : { verb: 'resume', label: 'Resume', will: 'resume the ramp of' }
    case 'rolled_back':
      return { verb: 'acknowledge', label: 'Acknowledge', will: 'acknowledge the roll-back of' }
    default:
      return null
  }
}

function undoOfFacts(entry: Entry, place: EntryPlace, { facts }: Present): Undo {
  const after = entry.after as Record<string, unknown>
  const before = entry.before as Record<string, unknown>
  if (!Object.entries(after).every(([field, value]) => sameJson(facts[field], value))) {
    return { state: 'superseded', action: null }
  }
  const fields = Object.keys(before).join(', ')
  return {
    state: 'possible',
    action: {
      label: 'Undo',
      will: `put ${fields} of ${place.flag} back`,
      method: 'PATCH',
      path: pathOf({ ...place, environment: null }),
      ifMatch: null,
      body: before,
      needsReason: false,
      needsApproval: false,
    },
  }
}

/** What a person looks for first: the share it goes back to, or the switch. */
function labelOf(before: Editable, after: Editable): string {
  if (before.on !== after.on) return before.on ? 'Turn on again' : 'Turn off again'
  const [from, to] = [before.defaultServe.rollout, after.defaultServe.rollout]
  return from && to && from.weight !== to.weight ? `Back to ${percentOf(from.weight)}` : 'Undo'
}

function pathOf({ project, flag, environment }: EntryPlace): string {
  const parts = ['projects', project, 'flags', flag ?? '']
  if (environment !== null) parts.push('environments', environment)
  return `/api/v1/${parts.map(encodeURIComponent).join('/')}`
}
