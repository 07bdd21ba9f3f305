import { path, send } from './client.ts'
import type { ApiToken, NewApiToken, TokenRequest } from '../contract.ts'

/** The routes of one project; with null those of all projects. */
const at = (project: string | null, ...rest: string[]) =>
  project === null ? path('tokens', ...rest) : path('projects', project, 'tokens', ...rest)

/** The API tokens that work in a project, without their secrets. */
export async function listTokens(project: string, signal: AbortSignal): Promise<ApiToken[]> {
  const { tokens } = await send<{ tokens: ApiToken[] }>('GET', at(project), { signal })
  return tokens
}

/** The answer is the only one that ever carries the secret. */
export function createToken(project: string | null, token: TokenRequest): Promise<NewApiToken> {
  return send('POST', at(project), { body: token })
}

/** A new token beside the old one, which goes on for `overlapHours`. */
export function rotateToken(project: string | null, id: string, overlapHours: number): Promise<NewApiToken> {
  return send('POST', at(project, id, 'rotate'), { body: { overlapHours } })
}

export function revokeToken(project: string | null, id: string): Promise<void> {
  return send('DELETE', at(project, id))
}
