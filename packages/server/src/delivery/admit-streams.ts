/** How many new streams a replica takes a second, after a first rush of as many. Each costs a third of a millisecond. */
export const STREAMS_PER_SECOND = 2000

export interface StreamAdmission {
  /** Whether one more stream may open: it is `full` above the cap, and `busy` while too many come at once. */
  admit(open: number): 'yes' | 'full' | 'busy'
}

/**
 * Lets streams in at a rate that leaves time for those that are open: a lost replica sends its thousands to the others,
 * and a kill must not wait behind their greetings. Who is sent away comes back with a jitter, and polls meanwhile.
 */
export function admitStreams(
  cap: number,
  perSecond: number = STREAMS_PER_SECOND,
  now: () => number = () => performance.now(),
): StreamAdmission {
  let tokens = perSecond
  let filledAt = now()
  return {
    admit(open) {
      if (open >= cap) return 'full'
      const at = now()
      tokens = Math.min(perSecond, tokens + ((at - filledAt) / 1000) * perSecond)
      filledAt = at
      if (tokens < 1) return 'busy'
      tokens--
      return 'yes'
    },
  }
}
