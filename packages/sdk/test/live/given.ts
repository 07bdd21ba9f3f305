// What tests against the real service begin with. Runs in Node and in a browser.
import { inject } from 'vitest'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the service. */
    serviceUrl: string
    /** Address that passes requests on to the service's API with an admin token. */
    adminUrl: string
  }
}

const PROJECT = '/api/v1/projects/default'

/** Calls the service's API as an admin. @throws Error when the service refuses */
export async function admin(method: string, path: string, json?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(inject('adminUrl'), {
    method: 'POST',
    body: JSON.stringify({ method, path: PROJECT + path, json, headers }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

export async function createFlag(key: string, fields: object = {}): Promise<void> {
  await admin('POST', '/flags', { key, clientVisible: true, ...fields })
}

/** Changes a flag's configuration in production, whatever its version is: another test file may be doing the same. */
export async function configure(flag: string, fields: object): Promise<void> {
  const path = `/flags/${flag}/environments/production`
  for (let tries = 1; ; tries++) {
    const { version } = await admin('GET', path)
    try {
      return await admin('PATCH', path, fields, { 'if-match': `"v${version}"` })
    } catch (error) {
      if (tries === 5 || !String(error).includes(' 409 ')) throw error
    }
  }
}

/** Serves the variant `on` to this many of 100 000. */
export async function ramp(flag: string, weight: number, more: object = {}): Promise<void> {
  const rollout = { weight, split: [{ variant: 'on', weight: 100_000 }], ...more }
  await configure(flag, { on: true, defaultServe: { rollout } })
}

export async function kill(flag: string): Promise<void> {
  await admin('POST', `/flags/${flag}/environments/production/kill`, {})
}

export async function restore(flag: string): Promise<void> {
  await admin('POST', `/flags/${flag}/environments/production/restore`, {})
}

/** Secret of a new key for production. */
export async function createKey(kind: 'server' | 'client'): Promise<string> {
  return (await admin('POST', '/environments/production/sdk-keys', { kind, name: 'test' })).key
}
