// How far flags reach through prerequisites, and segments through segments. A circle, or a net so wide that following
// it would stall the caller, is found here, before anything is compiled; what is compiled may then simply recurse.

/** The longest chain of prerequisites, or of nested segments. */
export const MAX_DEPTH = 100

// A net of depth 100 with two links at each level would be walked 2^100 times: the depth alone is no limit.
const MAX_VISITS = 1_000

/**
 * False for a circle, which is a chain without end, for a chain longer than MAX_DEPTH, and for a net that needs more than
 * MAX_VISITS evaluations. Looking takes as many steps as one evaluation would.
 */
export function canBeFollowed(key: string, dependenciesOf: (key: string) => readonly string[]): boolean {
  let visits = 0
  const follow = (key: string, depth: number): boolean =>
    depth <= MAX_DEPTH && ++visits <= MAX_VISITS && dependenciesOf(key).every((one) => follow(one, depth + 1))
  return follow(key, 0)
}
