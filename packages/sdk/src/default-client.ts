// The plain functions, for applications that have one client and want no object to pass around.
import type { JsonValue, User } from '@rampart/evaluation'
import type { Widened } from './alike.ts'
import { type Client, createClient } from './client.ts'
import type { DarkRun } from './dark.ts'
import { explainFlag, type Explanation } from './explanation.ts'
import type { ClientOptions } from './options.ts'
import { ServedFlags } from './served-flags.ts'

let client: Client | undefined

/**
 * Makes the default client and returns it. Called again, it replaces the one before, which is closed.
 * @throws TypeError for a wrong option, and only here
 */
export function init(options: ClientOptions): Client {
  const before = client
  client = createClient(options)
  void before?.close()
  return client
}

/** `isEnabled` of the default client; `fallback` before `init`. */
export function isEnabled(flag: string, user: User, fallback = false): boolean {
  return client === undefined ? fallback : client.isEnabled(flag, user, fallback)
}

/** `variant` of the default client; `fallback` before `init`. */
export function variant(flag: string, user: User): string | undefined
export function variant(flag: string, user: User, fallback: string): string
export function variant(flag: string, user: User, fallback?: string): string | undefined {
  return client?.variant(flag, user) ?? fallback
}

/** `value` of the default client; `fallback` before `init`. */
export function value<T extends JsonValue>(flag: string, user: User, fallback: T): Widened<T> {
  return client === undefined ? (fallback as Widened<T>) : client.value(flag, user, fallback)
}

/** `dark` of the default client; before `init` only `live` runs. */
export function dark<Live, Tried>(flag: string, user: User, run: DarkRun<Live, Tried>): Live {
  return client === undefined ? run.live() : client.dark(flag, user, run)
}

/** `track` of the default client; before `init` nothing is counted. */
export function track(metric: string, user: User, value?: number): void {
  client?.track(metric, user, value)
}

/** `explain` of the default client; before `init` it says so. */
export function explain(flag: string, user: User): Explanation {
  if (client !== undefined) return client.explain(flag, user)
  const explanation = explainFlag({ flags: new ServedFlags(), sourceOf: () => 'default' }, flag, user)
  explanation.errorMessage = 'init() has not been called'
  return explanation
}
