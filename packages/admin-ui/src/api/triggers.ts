import { path, send } from './client.ts'
import type { NewTrigger, Trigger } from '../contract.ts'

const at = (project: string, flag: string, environment: string) =>
  path('projects', project, 'flags', flag, 'environments', environment, 'triggers')

/** The triggers of a flag in an environment, without their secrets. */
export async function listTriggers(
  project: string,
  flag: string,
  environment: string,
  signal: AbortSignal,
): Promise<Trigger[]> {
  const { triggers } = await send<{ triggers: Trigger[] }>('GET', at(project, flag, environment), { signal })
  return triggers
}

/** Makes a trigger; the answer is the only one that ever carries its address. */
export function createTrigger(project: string, flag: string, environment: string, name: string): Promise<NewTrigger> {
  return send('POST', at(project, flag, environment), { body: { name } })
}

/** Revokes a trigger, at once. */
export function revokeTrigger(project: string, flag: string, environment: string, id: string): Promise<void> {
  return send('DELETE', `${at(project, flag, environment)}/${encodeURIComponent(id)}`)
}
