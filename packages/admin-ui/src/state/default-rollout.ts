import { type Rollout, WEIGHT_SCALE } from '@rampart/evaluation'
import type { Configuration, Flag } from '../contract.ts'

/**
 * The rollout that a default rule has, or the one that a fixed variant would become: the same variant for the same
 * people, so that changing the kind of rule alone moves nobody.
 */
export function defaultRollout(flag: Flag, configuration: Configuration): Rollout {
  const { defaultServe, offVariant } = configuration
  if (defaultServe.rollout) return defaultServe.rollout
  const fixed = defaultServe.variant
  const other = flag.variants.find(({ name }) => name !== offVariant)?.name ?? offVariant
  const isOff = fixed === offVariant
  return { weight: isOff ? 0 : WEIGHT_SCALE, split: [{ variant: isOff ? other : fixed, weight: WEIGHT_SCALE }] }
}
