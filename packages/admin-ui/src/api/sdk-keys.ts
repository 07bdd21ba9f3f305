import { path, send } from './client.ts'
import type { NewSdkKey, SdkKey, SdkKeyRequest } from '../contract.ts'

const at = (project: string, environment: string) => path('projects', project, 'environments', environment, 'sdk-keys')

/** The keys of an environment, without their secrets. */
export async function listSdkKeys(project: string, environment: string, signal: AbortSignal): Promise<SdkKey[]> {
  const { sdkKeys } = await send<{ sdkKeys: SdkKey[] }>('GET', at(project, environment), { signal })
  return sdkKeys
}

/** Makes a key; the answer is the only one that ever carries the secret. */
export function createSdkKey(project: string, environment: string, asked: SdkKeyRequest): Promise<NewSdkKey> {
  return send('POST', at(project, environment), { body: asked })
}

/** Says which pages may use a client key; none for pages of any origin. */
export function bindSdkKey(project: string, environment: string, id: string, origins: string[]): Promise<SdkKey> {
  return send('PATCH', `${at(project, environment)}/${encodeURIComponent(id)}`, { body: { origins } })
}

/** A new key beside the old one, which goes on for `overlapHours`. */
export function rotateSdkKey(
  project: string,
  environment: string,
  id: string,
  overlapHours: number,
): Promise<NewSdkKey> {
  return send('POST', `${at(project, environment)}/${encodeURIComponent(id)}/rotate`, { body: { overlapHours } })
}

/** Revokes a key; every replica closes its streams within five seconds. */
export function revokeSdkKey(project: string, environment: string, id: string): Promise<void> {
  return send('DELETE', `${at(project, environment)}/${encodeURIComponent(id)}`)
}
