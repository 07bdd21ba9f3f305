import type { FlagFacts } from '../contract.ts'

/** "12 of 40 days", "12 days, as long as it is useful". */
export function lifeInWords({ createdAt, expectedDays }: FlagFacts, now: number): string {
  const days = Math.max(0, Math.floor((now - Date.parse(createdAt)) / 86_400_000))
  const age = days === 1 ? '1 day' : `${days} days`
  return expectedDays === null ? `${age}, as long as it is useful` : `${days} of ${expectedDays} days`
}
