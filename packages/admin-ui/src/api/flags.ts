import { path, send } from './client.ts'
import type {
  ChangeRequest,
  Configuration,
  ConfigurationEdit,
  Flag,
  FlagFacts,
  FlagSummary,
  NewFlag,
} from '../contract.ts'

/** All flags of a project that are not archived, one summary each. */
export async function listFlags(project: string, signal: AbortSignal): Promise<FlagSummary[]> {
  const { flags } = await send<{ flags: FlagSummary[] }>('GET', path('projects', project, 'flags'), { signal })
  return flags
}

/** The first so many flags by key: they are there long before thousands are. */
export async function listFirstFlags(project: string, limit: number, signal: AbortSignal): Promise<FlagSummary[]> {
  const address = `${path('projects', project, 'flags')}?limit=${limit}`
  return (await send<{ flags: FlagSummary[] }>('GET', address, { signal })).flags
}

/** Keys of the flags in use: thousands of them in a moment, where nothing else of them is needed. */
export async function listFlagKeys(project: string, signal: AbortSignal): Promise<string[]> {
  const url = path('projects', project, 'flag-keys')
  return (await send<{ flags: { key: string }[] }>('GET', url, { signal })).flags.map(({ key }) => key)
}

/** One flag with its configuration in every environment. */
export function getFlag(project: string, flag: string, signal: AbortSignal): Promise<Flag> {
  return send('GET', path('projects', project, 'flags', flag), { signal })
}

/** Creates a flag; it starts off everywhere, with a share of nobody. */
export function createFlag(project: string, flag: NewFlag): Promise<Flag> {
  return send('POST', path('projects', project, 'flags'), { body: flag })
}

/** Changes what is known about a flag, never what it serves. */
export function describeFlag(project: string, flag: string, facts: Partial<FlagFacts>): Promise<Flag> {
  return send('PATCH', path('projects', project, 'flags', flag), { body: facts })
}

/** Takes a flag out of service for good; its key stays reserved. */
export function archiveFlag(project: string, flag: string, reason: string): Promise<unknown> {
  return send('POST', path('projects', project, 'flags', flag, 'archive'), { body: reason ? { reason } : {} })
}

/**
 * Saves part of a configuration if it is still at `version`, or asks a second person where one is needed. ApiError
 * STALE_VERSION tells what changed meanwhile.
 */
export function saveConfiguration(
  project: string,
  flag: string,
  environment: string,
  version: number,
  edit: Partial<ConfigurationEdit>,
  reason: string,
): Promise<Configuration | ChangeRequest> {
  return send('PATCH', path('projects', project, 'flags', flag, 'environments', environment), {
    version,
    body: { ...edit, ...(reason ? { reason } : {}) },
  })
}
