import { path, send } from './client.ts'
import type { Account, OwnSession, SecondFactorStart } from '../contract.ts'

const FACTOR = path('account', 'second-factor')

export function readAccount(signal: AbortSignal): Promise<Account> {
  return send('GET', path('account'), { signal })
}

/** Where this person is signed in, the session used last first. */
export async function listOwnSessions(signal: AbortSignal): Promise<OwnSession[]> {
  const { sessions } = await send<{ sessions: OwnSession[] }>('GET', path('account', 'sessions'), { signal })
  return sessions
}

export function endOwnSession(id: string): Promise<void> {
  return send('DELETE', path('account', 'sessions', id))
}

export function endOtherSessions(): Promise<void> {
  return send('DELETE', path('account', 'sessions'))
}

/** All other sessions end with it. */
export function changePassword(password: string, newPassword: string): Promise<void> {
  return send('PUT', path('account', 'password'), { body: { password, newPassword } })
}

/** What the app needs. The second factor is on once a code was confirmed. */
export function beginSecondFactor(password: string): Promise<SecondFactorStart> {
  return send('POST', FACTOR, { body: password ? { password } : {} })
}

export function confirmSecondFactor(code: string): Promise<void> {
  return send('PUT', FACTOR, { body: { code } })
}

export function endSecondFactor(password: string): Promise<void> {
  return send('DELETE', FACTOR, { body: password ? { password } : {} })
}
