import { path, send } from './client.ts'
import type { Attribute, EnvironmentExposures, Exposures, FlagMetrics } from '../contract.ts'

/** Evaluations per variant between two moments (ms since 1970), with every change as a marker. */
export function flagExposures(
  project: string,
  flag: string,
  environment: string,
  fromMs: number,
  toMs: number,
  signal: AbortSignal,
): Promise<Exposures> {
  const span = new URLSearchParams({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() })
  const url = path('projects', project, 'flags', flag, 'environments', environment, 'exposures')
  return send('GET', `${url}?${span}`, { signal })
}

/** The last 24 hours of every flag of an environment, for the list. */
export function environmentExposures(
  project: string,
  environment: string,
  signal: AbortSignal,
): Promise<EnvironmentExposures> {
  return send('GET', path('projects', project, 'environments', environment, 'exposures'), { signal })
}

/** What was tracked of those who get a flag against those who do not, between two moments (ms since 1970). */
export function flagMetrics(
  project: string,
  flag: string,
  environment: string,
  fromMs: number,
  toMs: number,
  signal: AbortSignal,
): Promise<FlagMetrics> {
  const span = new URLSearchParams({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() })
  const url = path('projects', project, 'flags', flag, 'environments', environment, 'metrics')
  return send('GET', `${url}?${span}`, { signal })
}

/** Names and types of the attributes that applications give. */
export async function listAttributes(project: string, signal: AbortSignal): Promise<Attribute[]> {
  const { attributes } = await send<{ attributes: Attribute[] }>('GET', path('projects', project, 'attributes'), {
    signal,
  })
  return attributes
}
