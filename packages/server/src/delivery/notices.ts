import type { KillNotice } from './kill-memory.ts'

/** What arrives on the notification channel. Only ever a hint: it may be lost, doubled or late. */
export type Notice =
  | { about: 'change'; environmentId: string; revision: number }
  | { about: 'kill'; environmentId: string; kill: KillNotice }
  | { about: 'keys' }
  | { about: 'echo'; id: string }

/** Reads a payload; undefined for one of a later version. */
export function readNotice(payload: string): Notice | undefined {
  const [first = '', second = '', third = '', fourth = ''] = payload.split(':')
  if (first === 'keys') return { about: 'keys' }
  if (first === 'echo') return { about: 'echo', id: second }
  if (first === 'kill' || first === 'restore') {
    const revision = Number(third)
    if (!Number.isSafeInteger(revision) || revision <= 0 || !fourth) return undefined
    return { about: 'kill', environmentId: second, kill: { kind: first, flag: fourth, revision } }
  }
  const revision = Number(second)
  return first && Number.isSafeInteger(revision) && revision > 0
    ? { about: 'change', environmentId: first, revision }
    : undefined
}
