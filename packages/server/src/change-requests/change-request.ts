import type { changeRequests } from '../db/schema/index.ts'
import type { Editable } from '../flags/configuration.schemas.ts'
import { differenceBetween } from '../flags/difference.ts'
import { toStep } from '../flags/versions.queries.ts'

export type ChangeRequestRow = typeof changeRequests.$inferSelect

/** The strong ETag of a change request. */
export function requestEtag(version: number): string {
  return `"v${version}"`
}

/** What a request meets: the configuration as it is, and as the request would make it. */
export interface Meeting {
  version: number
  before: Editable
  after: Editable
}

/**
 * A request as the API answers it. An approval holds for one version of the request and one of the configuration;
 * when either moves on, the request is merely open again.
 */
export function toChangeRequest(row: ChangeRequestRow, flag: string, environment: string, meeting: Meeting) {
  const isOpen = row.state === 'open'
  const outdated = isOpen && row.baseVersion !== meeting.version
  const approved = isOpen && row.approvedBy !== null && !outdated
  const [author] = row.authors
  return {
    id: row.id,
    flag,
    environment,
    state: approved ? ('approved' as const) : row.state,
    version: row.version,
    baseVersion: row.baseVersion,
    currentVersion: meeting.version,
    outdated,
    sentence: row.sentence,
    reason: row.reason,
    via: row.via,
    requestedBy: author?.name ?? '',
    authors: row.authors.map(({ kind, id, name }) => ({ kind, id, name })),
    approvedBy: approved || row.state === 'applied' ? (row.approvedBy?.name ?? null) : null,
    approvedAt: approved || row.state === 'applied' ? (row.approvedAt?.toISOString() ?? null) : null,
    decidedBy: row.decidedBy?.name ?? null,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    decisionReason: row.decisionReason,
    appliedVersion: row.appliedVersion,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    difference: isOpen ? differenceBetween(meeting.before, meeting.after).map(toStep) : [],
    before: isOpen ? meeting.before : null,
    after: isOpen ? meeting.after : null,
  }
}
