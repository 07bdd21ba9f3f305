// The state word that screens show, and the share of people it stands on. One pure function for server and admin UI.
import { type FlagDocument, type Rollout, type Serve, WEIGHT_SCALE } from './snapshot.ts'

export type FlagState = 'killed' | 'held' | 'ramping' | 'off' | 'dark' | 'on'

/** What the state of a flag in one environment depends on; a configuration of the API and a FlagDocument both fit. */
export interface StatedFlag
  extends Pick<FlagDocument, 'on' | 'killed' | 'targets' | 'rules' | 'defaultServe' | 'offVariant'> {
  /** A ramp of this flag waits for a person or for its guardrails. */
  held?: boolean
  /** A ramp of this flag is running. */
  rampRunning?: boolean
}

/**
 * The first that is true: killed, held, ramping (a ramp runs, or people are divided by a weight strictly between 0 and
 * 100 000), off, dark (on, but nobody is exposed), on. A weight divides nobody while the flag is off.
 */
export function flagState(flag: StatedFlag): FlagState {
  if (flag.killed) return 'killed'
  if (flag.held) return 'held'
  if (flag.rampRunning) return 'ramping'
  if (!flag.on) return 'off'
  const serves = reachedServes(flag)
  if (serves.some(divides)) return 'ramping'
  const isTargeted = (flag.targets ?? []).some((target) => target.variant !== flag.offVariant && target.keys.length > 0)
  return isTargeted || serves.some((serve) => exposedPart(serve, flag.offVariant) > 0) ? 'on' : 'dark'
}

/**
 * Share of all people who get something else than the off variant or a rollout's control, out of 100 000: what the
 * default rule, and rules without conditions before it, give to a person about whom nothing is known. Individual
 * targets and rules with conditions reach a number of people that nobody can tell from here, and count as nobody.
 * 0 while the flag is off or killed.
 */
export function exposedShare(flag: StatedFlag): number {
  if (flag.killed || !flag.on) return 0
  // Rules share the flag's salt, so their shares nest: those below `covered` are inside an earlier rollout already.
  let covered = 0
  // Share of people that rollouts with other salts or ids left over; those are independent, so shares multiply.
  let left = 1
  let exposed = 0
  for (const serve of openServes(flag)) {
    const part = exposedPart(serve, flag.offVariant)
    const { rollout } = serve
    const isNested = rollout?.salt === undefined && rollout?.bucketBy === undefined
    const weight = rollout?.weight ?? WEIGHT_SCALE
    if (isNested) {
      exposed += left * Math.max(0, weight - covered) * part
      covered = Math.max(covered, weight)
    } else {
      const reached = (left * (WEIGHT_SCALE - covered) * weight) / WEIGHT_SCALE
      exposed += reached * part
      left *= 1 - weight / WEIGHT_SCALE
    }
    if (!passesOn(serve)) break
  }
  return Math.round(exposed)
}

/** What every person may come to: the serves of rules without conditions, and the default rule at the end. */
function openServes(flag: StatedFlag): Serve[] {
  return [...flag.rules.filter((rule) => rule.conditions.length === 0).map((rule) => rule.serve), flag.defaultServe]
}

/** The serves of all rules that somebody can come to, the default rule included. */
function reachedServes(flag: StatedFlag): Serve[] {
  const serves: Serve[] = []
  for (const rule of flag.rules) {
    serves.push(rule.serve)
    if (rule.conditions.length === 0 && !passesOn(rule.serve)) return serves
  }
  return [...serves, flag.defaultServe]
}

function passesOn(serve: Serve): boolean {
  return serve.rollout?.otherwise === 'next' && serve.rollout.weight < WEIGHT_SCALE
}

function divides({ rollout }: Serve): boolean {
  return rollout !== undefined && rollout.weight > 0 && rollout.weight < WEIGHT_SCALE
}

/** Which part, 0 .. 1, of those a serve reaches is exposed to something else than off variant or control. */
function exposedPart({ variant, rollout }: Serve, offVariant: string): number {
  if (rollout === undefined) return variant === offVariant ? 0 : 1
  return rollout.weight === 0 ? 0 : exposedInSplit(rollout, offVariant)
}

function exposedInSplit(rollout: Rollout, offVariant: string): number {
  const parts = rollout.split.filter(({ variant }) => variant !== offVariant && variant !== rollout.control)
  return parts.reduce((sum, part) => sum + part.weight, 0) / WEIGHT_SCALE
}
