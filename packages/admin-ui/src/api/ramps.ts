import { path, send } from './client.ts'
import type { NewRamp, Ramp, RampLine, RampTemplate, RampVerb } from '../contract.ts'

/** Every ramp of a project that is not over, the next to move first. */
export async function listRamps(project: string, signal: AbortSignal): Promise<RampLine[]> {
  const { ramps } = await send<{ ramps: RampLine[] }>('GET', path('projects', project, 'ramps'), { signal })
  return ramps
}

export function getRamp(project: string, flag: string, environment: string, signal: AbortSignal): Promise<Ramp> {
  return send('GET', rampPath(project, flag, environment), { signal })
}

/** Plans a ramp, or replaces the draft. Nothing is served differently. */
export function planRamp(project: string, flag: string, environment: string, ramp: NewRamp): Promise<Ramp> {
  return send('POST', rampPath(project, flag, environment), { body: ramp })
}

/** One word of the table of ramps, with the step it is about, if any. */
export function steerRamp(
  project: string,
  flag: string,
  environment: string,
  verb: Exclude<RampVerb, 'plan'>,
  what: { step?: number; weight?: number; reason?: string },
): Promise<Ramp> {
  return send('POST', rampPath(project, flag, environment, verb), { body: what })
}

export async function listTemplates(project: string, signal: AbortSignal): Promise<RampTemplate[]> {
  const url = path('projects', project, 'ramp-templates')
  return (await send<{ templates: RampTemplate[] }>('GET', url, { signal })).templates
}

/** Stores a template of the project, or replaces it. */
export function keepTemplate(project: string, name: string, plan: RampTemplate['plan']): Promise<RampTemplate> {
  return send('PUT', path('projects', project, 'ramp-templates', name), { body: plan })
}

function rampPath(project: string, flag: string, environment: string, ...rest: string[]): string {
  return path('projects', project, 'flags', flag, 'environments', environment, 'ramp', ...rest)
}
