import { path, send } from './client.ts'
import type {
  AuditEntry,
  AuditPage,
  ChangeRequest,
  Configuration,
  ConfigurationEdit,
  VersionComparison,
  Versions,
} from '../contract.ts'

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

/** One entry, with what was before and what came after. */
export function auditEntry(project: string, entry: string): Promise<AuditEntry> {
  return send('GET', path('projects', project, 'audit', entry))
}

const versionsOf = (project: string, flag: string, environment: string, ...rest: string[]) =>
  path('projects', project, 'flags', flag, 'environments', environment, 'versions', ...rest)

/** The versions of a configuration, the latest first. */
export function listVersions(project: string, flag: string, environment: string): Promise<Versions> {
  return send('GET', `${versionsOf(project, flag, environment)}?limit=200`)
}

/** The configuration as it was; whether the flag was killed is no part of it. */
export async function configurationAt(
  project: string,
  flag: string,
  environment: string,
  version: number,
): Promise<ConfigurationEdit> {
  const url = versionsOf(project, flag, environment, String(version))
  return (await send<{ configuration: ConfigurationEdit }>('GET', url)).configuration
}

/** What lies between two versions, and what going from the first to the second would do. */
export function compareVersions(
  project: string,
  flag: string,
  environment: string,
  from: number,
  to: number,
): Promise<VersionComparison> {
  return send('GET', `${versionsOf(project, flag, environment, String(from), 'difference')}?to=${to}`)
}

/** Makes an earlier version the next one, if `current` is still the present one. */
export function restoreVersion(
  project: string,
  flag: string,
  environment: string,
  version: number,
  current: number,
  reason: string,
): Promise<Configuration | ChangeRequest> {
  return send('POST', versionsOf(project, flag, environment, String(version), 'restore'), {
    version: current,
    body: reason ? { reason } : {},
  })
}
