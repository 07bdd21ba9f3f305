import { path, send } from './client.ts'
import type { KillReceipt } from '../contract.ts'

/** A kill that has not been applied after this long must be reported as NOT applied. */
export const KILL_DEADLINE_MS = 3000

const at = (project: string, flag: string, environment: string, what: string) =>
  path('projects', project, 'flags', flag, 'environments', environment, what)

/** Everyone gets the off variant. Needs no version, may be repeated. Gives up after KILL_DEADLINE_MS. */
export function killFlag(project: string, flag: string, environment: string, reason: string): Promise<KillReceipt> {
  return send('POST', at(project, flag, environment, 'kill'), {
    body: reason ? { reason } : {},
    signal: AbortSignal.timeout(KILL_DEADLINE_MS),
  })
}

/** Takes a kill back; the configuration is served again as it stands. */
export function restoreFlag(project: string, flag: string, environment: string, reason: string): Promise<KillReceipt> {
  return send('POST', at(project, flag, environment, 'restore'), {
    body: reason ? { reason } : {},
    signal: AbortSignal.timeout(KILL_DEADLINE_MS),
  })
}

/** How far the last kill or restore has come. */
export function killProgress(
  project: string,
  flag: string,
  environment: string,
  signal: AbortSignal,
): Promise<KillReceipt> {
  return send('GET', at(project, flag, environment, 'kill'), { signal })
}

/** The same from a shell, for when this screen cannot reach the service: by what every machine has, and by our own tool. */
export function shellCommands(
  project: string,
  flag: string,
  environment: string,
  action: 'kill' | 'restore',
): string[] {
  const url = `${location.origin}${at(project, flag, environment, action)}`
  return [
    `curl -X POST '${url}' -H "Authorization: Bearer $RAMPART_TOKEN" -H 'Content-Type: application/json' -d '{}'`,
    `npx @rampart/cli ${action} ${flag} --project ${project} --environment ${environment} --url ${location.origin}`,
  ]
}
