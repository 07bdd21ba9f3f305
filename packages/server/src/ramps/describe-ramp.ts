// What happened to a ramp, in the words of people; the actor stands beside the sentence.
import { percentOf } from '../flags/describe-weight.ts'
import { timeInWords } from './describe-time.ts'
import type { RampPlan } from './ramp-plan.ts'

/** Where a ramp is, for sentences: flag, environment, and the share now and afterwards. */
export interface RampPlace {
  flag: string
  environment: string
}

const subjectOf = ({ flag, environment }: RampPlace) => `${flag} in ${environment}`

export function describePlan(place: RampPlace, { steps }: RampPlan): string {
  return `planned a ramp of ${subjectOf(place)}: ${steps.map(({ weight }) => percentOf(weight)).join(', ')}`
}

export function describeStart(place: RampPlace, plan: RampPlan, from: number, to: number | null): string {
  const subject = subjectOf(place)
  if (to !== null) return `started the ramp of ${subject} and ramped it from ${percentOf(from)} to ${percentOf(to)}`
  const begins = timeInWords(new Date(plan.startAt ?? 0), plan.timeZone)
  return `started the ramp of ${subject}, to begin ${begins}`
}

export function describeMove(place: RampPlace, from: number, to: number): string {
  return `ramped ${subjectOf(place)} from ${percentOf(from)} to ${percentOf(to)}`
}

export function describeRollback(place: RampPlace, from: number, to: number): string {
  return `rolled ${subjectOf(place)} back from ${percentOf(from)} to ${percentOf(to)}`
}

export function describeApproval(place: RampPlace, weight: number): string {
  return `approved ${percentOf(weight)} of ${subjectOf(place)}`
}

/** "paused the ramp of x in production at 25 %" */
export function describeStill(word: string, place: RampPlace, weight: number, why?: string): string {
  return `${word} the ramp of ${subjectOf(place)} at ${percentOf(weight)}${why ? `: ${why}` : ''}`
}

export function describeAcknowledged(place: RampPlace, weight: number): string {
  return `acknowledged the roll-back of ${subjectOf(place)} to ${percentOf(weight)}`
}
