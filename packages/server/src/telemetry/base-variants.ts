import type { FlagDocument } from '@rampart/evaluation'

/** Variants of people who are not in anything: the off variant, and the controls of rollouts. */
export function baseVariants(flag: FlagDocument | undefined): Set<string> {
  if (!flag) return new Set()
  const serves = [flag.defaultServe, ...flag.rules.map((rule) => rule.serve)]
  return new Set([flag.offVariant, ...serves.map((serve) => serve.rollout?.control ?? flag.offVariant)])
}
