import type { FlagRow } from './configuration.ts'

export type FlagKind = FlagRow['kind']

/**
 * How many days a flag of each kind is expected to live, or null for as long as it is useful. A release flag that
 * outlives its release is a branch in the code that nobody tests any more; an ops switch or a permission is furniture.
 */
export const LIFETIME_DAYS: Readonly<Record<FlagKind, number | null>> = {
  release: 40,
  experiment: 60,
  ops: null,
  permission: null,
}

/** Days a flag is expected to live: what was said for it, else what its kind says. 0 means for as long as it is useful. */
export function expectedDaysOf({ kind, lifetimeDays }: Pick<FlagRow, 'kind' | 'lifetimeDays'>): number | null {
  const days = lifetimeDays ?? LIFETIME_DAYS[kind]
  return days === 0 ? null : days
}
