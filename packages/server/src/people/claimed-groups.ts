import { AsyncLocalStorage } from 'node:async_hooks'

/** What the identity provider says of whoever signs in now; undefined until it has said something. */
interface Visit {
  groups: string[] | undefined
}

const visits = new AsyncLocalStorage<Visit>()

/** Runs the way back from the identity provider; what is claimed in it is known to its hooks and to nothing else. */
export function duringVisit<T>(run: () => Promise<T>): Promise<T> {
  return visits.run({ groups: undefined }, run)
}

/** Keeps a claim of the verified profile: a list of names, or one. Anything else is no group. */
export function noteGroups(claim: unknown): void {
  const visit = visits.getStore()
  if (visit) visit.groups = (Array.isArray(claim) ? claim : [claim]).filter((name) => typeof name === 'string')
}

/** The groups of whoever comes back now. Undefined where no identity provider was asked: they are then as last known. */
export function claimedGroups(): string[] | undefined {
  return visits.getStore()?.groups
}
