// The answers a flag can give are made of its variants, and only of the usable ones.
import { Malformed, named } from './malformed.ts'
import type { Outcome, Reason } from './outcome.ts'
import type { FlagDocument, FlagType, Variant } from './snapshot.ts'

/** What an answer is made from. */
export interface Answers {
  readonly type: FlagType
  /** The usable ones; slots count in them. */
  readonly variants: readonly Variant[]
  /** Slot of the off variant, below 0 when there is none that can be used. */
  readonly offSlot: number
  /** Answers made before, where flags share them. */
  readonly made: Map<string, Outcome> | null
}

/** Finds the answers of a flag that is alike, or keeps these for the next one. */
export type ShareAnswers = (answers: Answers) => Answers

export interface OutcomeDetails extends Partial<Omit<Outcome, 'slot' | 'reason'>> {
  /** Slot of the serving rollout's control; the off variant unless given. */
  controlSlot?: number
}

const NO_DETAILS: OutcomeDetails = {}

/** Makes one answer; a slot behind the last variant stands for the caller's default. */
export function makeOutcome(
  answers: Answers,
  slot: number,
  reason: Reason,
  details: OutcomeDetails = NO_DETAILS,
): Outcome {
  const { made } = answers
  if (made === null) return newOutcome(answers, slot, reason, details)
  const id = JSON.stringify([slot, reason, details])
  let outcome = made.get(id)
  if (outcome === undefined) {
    outcome = newOutcome(answers, slot, reason, details)
    made.set(id, outcome)
  }
  return outcome
}

function newOutcome(answers: Answers, slot: number, reason: Reason, details: OutcomeDetails): Outcome {
  const { type, variants, offSlot } = answers
  const variant = variants[slot]
  const isServed = slot !== offSlot && slot !== (details.controlSlot ?? offSlot)
  // Always all fields in one order: evaluations of many flags then read objects of one shape.
  return {
    slot,
    variant: variant?.name,
    value: variant?.value,
    enabled: variant === undefined ? undefined : type === 'boolean' ? variant.value === true : isServed,
    reason,
    errorCode: details.errorCode,
    errorMessage: details.errorMessage,
    metadata: details.metadata,
  }
}

/** @throws Malformed for an unknown variant */
export function slotOf({ variants }: Answers, name: string): number {
  const slot = variants.findIndex((variant) => variant.name === name)
  if (slot < 0) throw new Malformed(`variant ${named(name)} does not exist`)
  return slot
}

/** Reads the variants of a document that nobody has checked, and what is wrong with them. */
export function readAnswers(document: FlagDocument): Answers & { problem: string | undefined } {
  const usable: Variant[] = []
  const problem = collectVariants(document, usable)
  // The document's own list where all of it can be used: an environment has thousands of them.
  const variants = problem === undefined ? document.variants : usable
  const offSlot = variants.findIndex(({ name }) => name === document?.offVariant)
  return { type: document?.type, variants, offSlot, made: null, problem }
}

/** Collects the usable variants and returns what is wrong with the others: one bad variant keeps the off variant usable. */
function collectVariants(document: FlagDocument, variants: Variant[]): string | undefined {
  const given: unknown = document?.variants
  if (!Array.isArray(given)) return 'variants must be a list'
  let problem: string | undefined
  for (const variant of given as Variant[]) {
    const name = variant?.name
    if (typeof name !== 'string') problem = 'name of a variant must be text'
    else if (variants.some((other) => other.name === name)) problem = `variant "${name}" is there twice`
    else if (!isOfType(variant.value, document.type))
      problem = `value of variant "${name}" is not of type ${named(document.type)}`
    else variants.push(variant)
  }
  return problem
}

function isOfType(value: unknown, type: FlagType): boolean {
  switch (type) {
    case 'number':
      return Number.isFinite(value)
    case 'boolean':
    case 'string':
      return typeof value === type
    case 'object':
      return typeof value === 'object' && value !== null
    default:
      return false
  }
}
