import { path, send } from './client.ts'
import type { Actor } from '../contract.ts'

/** Exchanges an API token for a session cookie. `name` is what the history will show. */
export function signIn(token: string, name: string): Promise<{ actor: Actor }> {
  return send('POST', path('session'), { body: { token, ...(name ? { name } : {}) } })
}

/** Who is signed in; ApiError 401 when nobody is. */
export function whoAmI(): Promise<{ actor: Actor }> {
  return send('GET', path('session'))
}

/** Forgets the cookie, here and on the service. */
export function signOut(): Promise<void> {
  return send('DELETE', path('session'))
}
