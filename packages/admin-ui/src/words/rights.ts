// What somebody may do, in words that a stranger understands.
import type { Rights, Role } from '../contract.ts'

/** What each role may do, in the order of growing power. */
export const ROLE_WORDS: [role: Role, may: string][] = [
  ['viewer', 'sees everything, changes nothing'],
  ['operator', 'kills, restores, pauses and ramps down, in production too'],
  ['editor', 'makes and changes flags, ramps and keys'],
  ['admin', 'all that, and members, tokens and settings'],
]

/** "an editor" */
export function withArticle(role: Role): string {
  return `${/^[aeio]/.test(role) ? 'an' : 'a'} ${role}`
}

/** "editor, without production, may kill" */
export function rightsInWords({ role, production, kill }: Rights): string {
  const words: string[] = [role]
  if (role === 'editor' || role === 'admin') words.push(production ? 'with production' : 'without production')
  if (kill && role !== 'operator' && !production) words.push('may kill')
  return words.join(', ')
}
