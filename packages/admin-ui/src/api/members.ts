import { path, send } from './client.ts'
import type { Invitation, Member, NewInvitation, Rights } from '../contract.ts'

/** The routes of one project; with null those of all projects. */
const at = (project: string | null, ...rest: string[]) =>
  project === null ? path(...rest) : path('projects', project, ...rest)

export function listMembers(
  project: string,
  signal: AbortSignal,
): Promise<{ members: Member[]; invitations: Invitation[] }> {
  return send('GET', at(project, 'members'), { signal })
}

/** Gives a role where the member has one: in this project, or in all. */
export function giveRole(project: string | null, id: string, rights: Rights): Promise<void> {
  return send('PUT', at(project, 'members', id), { body: rights })
}

export function removeMember(project: string | null, id: string): Promise<void> {
  return send('DELETE', at(project, 'members', id))
}

/** The answer holds the only copy of the link. */
export function invite(project: string | null, invitation: NewInvitation): Promise<{ id: string; path: string }> {
  return send('POST', at(project, 'invitations'), { body: invitation })
}

export function takeBackInvitation(project: string | null, id: string): Promise<void> {
  return send('DELETE', at(project, 'invitations', id))
}
