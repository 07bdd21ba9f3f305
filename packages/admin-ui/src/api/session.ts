import { path, send } from './client.ts'
import type { Actor, HeldGrant, Invited, Refusals, SignInWays } from '../contract.ts'

/** How a sign-in went on: `secondFactor` asks for a code before anything is open. */
interface SignIn {
  secondFactor: boolean
}

/** How one can sign in here. */
export function signInWays(): Promise<SignInWays> {
  return send('GET', path('session', 'ways'))
}

export function signInWithPassword(email: string, password: string): Promise<SignIn> {
  return send('POST', path('session', 'password'), { body: { email, password } })
}

/** The code of the app, or a backup code. */
export function sendCode(code: string): Promise<SignIn> {
  return send('POST', path('session', 'second-factor'), { body: { code } })
}

/** The address of the identity provider, to go to. */
export function beginSingleSignOn(): Promise<{ url: string }> {
  return send('POST', path('session', 'oidc'))
}

/** Exchanges an API token for a session cookie. `name` is what the history will show. */
export function signInWithToken(token: string, name: string): Promise<{ actor: Actor }> {
  return send('POST', path('session'), { body: { token, ...(name ? { name } : {}) } })
}

/** Makes the first account, with the secret of the link that the start printed; signs in. */
export function setUp(secret: string, person: { name: string; email: string; password: string }): Promise<SignIn> {
  return send('POST', path('set-up'), { body: { secret, ...person } })
}

/** What an invitation promises. */
export function lookAtInvitation(secret: string): Promise<Invited> {
  return send('POST', path('invitations', 'look'), { body: { secret } })
}

/** Makes the account of an invited person; signs in. */
export function acceptInvitation(secret: string, person: { name: string; password: string }): Promise<SignIn> {
  return send('POST', path('invitations', 'accept'), { body: { secret, ...person } })
}

/** Who is signed in; ApiError 401 when nobody is. */
export function whoAmI(): Promise<{ actor: Actor; grants: HeldGrant[] }> {
  return send('GET', path('session'))
}

/** What whoever is signed in may not do in a project, in the service's words. */
export function refusalsIn(project: string): Promise<Refusals> {
  return send('GET', `${path('session', 'refusals')}?${new URLSearchParams({ project })}`)
}

/** Forgets the cookie, here and on the service. */
export function signOut(): Promise<void> {
  return send('DELETE', path('session'))
}
