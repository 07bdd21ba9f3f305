import { path, send } from './client.ts'
import type { ChangeRequest } from '../contract.ts'

const at = (project: string, environment: string, ...rest: string[]) =>
  path('projects', project, 'environments', environment, 'change-requests', ...rest)

/** Edits that wait for a second person, of one flag or of all. */
export async function openRequests(
  project: string,
  environment: string,
  flag: string,
  signal: AbortSignal,
): Promise<ChangeRequest[]> {
  const query = new URLSearchParams({ state: 'open', ...(flag ? { flag } : {}) })
  const { changeRequests } = await send<{ changeRequests: ChangeRequest[] }>(
    'GET',
    `${at(project, environment)}?${query}`,
    { signal },
  )
  return changeRequests
}

/** What people do with a request: the second person approves or rejects, its author withdraws, either applies. */
export type Decision = 'approve' | 'apply' | 'reject' | 'withdraw'

/** Decides about the version of the request that is on screen, and no other. */
export function decide(
  project: string,
  { environment, id, version }: ChangeRequest,
  decision: Decision,
  reason: string,
): Promise<ChangeRequest> {
  return send('POST', at(project, environment, id, decision), { version, body: reason ? { reason } : {} })
}

/** Brings a request up to the present version of the configuration. */
export function bringUpToDate(project: string, request: ChangeRequest): Promise<ChangeRequest> {
  const { environment, id, version, currentVersion } = request
  return send('PATCH', at(project, environment, id), { version, body: { baseVersion: currentVersion } })
}
