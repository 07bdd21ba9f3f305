import { path, send } from './client.ts'
import type { AuditPage } from '../contract.ts'

/** A flag's history in one environment and of the flag itself, newest first; `before` is the page's `next`. */
export function flagHistory(
  project: string,
  flag: string,
  environment: string,
  before: string | number | null,
  signal: AbortSignal,
): Promise<AuditPage> {
  const query = new URLSearchParams({ flag, environment, limit: '20' })
  if (before !== null) query.set('before', String(before))
  return send('GET', `${path('projects', project, 'audit')}?${query}`, { signal })
}
