import type { BulkOutcome, Configuration, Dependent, EnvironmentComparison, Flag, StaleFlag } from '../contract.ts'
import { path, send } from './client.ts'

/** Flags that nobody needs any more, longest first. */
export async function listStaleFlags(project: string, signal: AbortSignal): Promise<StaleFlag[]> {
  const { flags } = await send<{ flags: StaleFlag[] }>('GET', path('projects', project, 'stale'), { signal })
  return flags
}

/** Flags that have this one as a prerequisite. */
export async function listDependents(project: string, flag: string, signal: AbortSignal): Promise<Dependent[]> {
  const url = path('projects', project, 'flags', flag, 'dependents')
  return (await send<{ dependents: Dependent[] }>('GET', url, { signal })).dependents
}

/** A new flag with the variants, targets and rules of another; off everywhere. */
export function cloneFlag(project: string, flag: string, key: string, name: string): Promise<Flag> {
  const body = name ? { key, name } : { key }
  return send('POST', path('projects', project, 'flags', flag, 'clone'), { body })
}

/** What copying the configuration of another environment would change here. */
export function compareEnvironments(
  project: string,
  flag: string,
  environment: string,
  from: string,
  signal: AbortSignal,
): Promise<EnvironmentComparison> {
  const url = path('projects', project, 'flags', flag, 'environments', environment, 'difference')
  return send('GET', `${url}?from=${encodeURIComponent(from)}`, { signal })
}

/** Makes that change from the version the comparison was made with. */
export function copyConfiguration(
  project: string,
  flag: string,
  environment: string,
  from: string,
  etag: string,
  reason: string,
): Promise<Configuration> {
  const url = path('projects', project, 'flags', flag, 'environments', environment, 'copy')
  return send('POST', url, { version: Number(/\d+/.exec(etag)?.[0]), body: { from, ...(reason ? { reason } : {}) } })
}

/** Takes up to 500 flags out of service for good. A refusal of one holds nothing else up. */
export function archiveMany(project: string, flags: string[], reason: string): Promise<BulkOutcome[]> {
  return changeMany(project, 'archive', { flags, ...(reason ? { reason } : {}) })
}

/** Adds and removes tags of up to 500 flags. A refusal of one holds nothing else up. */
export function tagMany(
  project: string,
  flags: string[],
  change: { add: string[]; remove: string[] },
  reason: string,
): Promise<BulkOutcome[]> {
  return changeMany(project, 'tags', { flags, ...change, ...(reason ? { reason } : {}) })
}

async function changeMany(project: string, what: 'archive' | 'tags', body: object): Promise<BulkOutcome[]> {
  return (await send<{ outcomes: BulkOutcome[] }>('POST', path('projects', project, 'bulk', what), { body })).outcomes
}
