// When keys and tokens were used and when they end.
import { longTime, shortTime } from './times.ts'

const DAY_MS = 86_400_000

/** "used 14:02 (3 min ago)", "never used" */
export function lastUse(at: string | null, now: number): string {
  return at === null ? 'never used' : `used ${longTime(at, now)}`
}

/** "no end", "ends 12 Oct"; one that was replaced says so. */
export function endInWords(
  { expiresAt, replaced }: { expiresAt: string | null; replaced: boolean },
  now: number,
): string {
  if (expiresAt === null) return 'no end'
  const end = `ends ${shortTime(expiresAt, now)}`
  return replaced ? `replaced, ${end}` : end
}

/** Whether somebody should do something about it soon. */
export function endsSoon({ expiresAt }: { expiresAt: string | null }, now: number): boolean {
  return expiresAt !== null && Date.parse(expiresAt) - now < 7 * DAY_MS
}

/** How long things may last, for a choice. */
export const LIFETIMES: [days: number | null, words: string][] = [
  [null, 'no end'],
  [30, '30 days'],
  [90, '90 days'],
  [365, 'a year'],
]

/** How long the old one goes on beside a new one, in hours. */
export const OVERLAPS: [hours: number, words: string][] = [
  [24, 'a day'],
  [168, 'a week'],
  [720, '30 days'],
  [1, 'an hour'],
  [0, 'not at all'],
]
