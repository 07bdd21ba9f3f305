// What most delivery tests begin with: a flag, an SDK key, a way to ask until something holds.
import { expect } from 'vitest'

export interface Api {
  api(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>
}

export const FLAGS = '/api/v1/projects/default/flags'

export function configurationPath(flag: string, environment = 'production'): string {
  return `${FLAGS}/${flag}/environments/${environment}`
}

/** Calls the API and expects success; resolves with the JSON. */
export async function call(
  server: Api,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) {
  const response = await server.api(method, path, body, headers)
  const text = await response.text()
  expect(response.ok, `${method} ${path}: ${response.status} ${text}`).toBe(true)
  return JSON.parse(text)
}

/** The JSON of an answer, whatever its status. What a test expects of it, it says by matching. */
export async function readJson(response: Response) {
  return JSON.parse(await response.text())
}

export async function createFlag(server: Api, key: string): Promise<void> {
  await call(server, 'POST', FLAGS, { key })
}

/** Ramps a flag to a weight, whatever its version is. */
export async function ramp(server: Api, flag: string, weight: number, environment = 'production'): Promise<void> {
  const path = configurationPath(flag, environment)
  const { version } = await call(server, 'GET', path)
  const defaultServe = { rollout: { weight, split: [{ variant: 'on', weight: 100_000 }] } }
  await call(server, 'PATCH', path, { on: true, defaultServe }, { 'if-match': `"v${version}"` })
}

export async function createSdkKey(server: Api, environment = 'production', kind = 'server') {
  const path = `/api/v1/projects/default/environments/${environment}/sdk-keys`
  return call(server, 'POST', path, { kind, name: 'test' }) as Promise<{ id: string; key: string }>
}

/** Asks again until the answer is accepted. For what becomes true by itself, where nothing tells when. */
export async function eventually<T>(
  ask: () => Promise<T>,
  accept: (answer: T) => boolean,
  patienceMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (accept(answer)) return answer
    if (Date.now() > deadline) throw new Error(`It did not become true; the last answer: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
