import type { Sdks } from '../contract.ts'
import { path, send } from './client.ts'

/** Who is connected to any replica now. */
export function listSdks(project: string, environment: string, signal: AbortSignal): Promise<Sdks> {
  return send('GET', path('projects', project, 'environments', environment, 'sdks'), { signal })
}
