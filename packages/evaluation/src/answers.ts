// The answers a flag can give are made of its variants, and only of the usable ones.
import { listIn, Malformed, missing, named, problemOf, textIn } from './malformed.ts'
import type { Outcome, Reason } from './outcome.ts'
import type { FlagDocument, FlagType, Variant } from './snapshot.ts'

/** What an answer is made from. */
export interface Answers {
  readonly type: FlagType
  /** The usable ones; slots count in them. */
  readonly variants: readonly Variant[]
  /** Slot of the off variant, below 0 when there is none that can be used. */
  readonly offSlot: number
  /** Makes its answers instead of `newOutcome`, where flags share them. */
  readonly make?: MakeOutcome
}

/** Finds the answers of a flag that is alike, or keeps these for the next one. */
export type ShareAnswers = (answers: Answers) => Answers

type MakeOutcome = (answers: Answers, slot: number, reason: Reason, details: OutcomeDetails) => Outcome

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
  return (answers.make ?? newOutcome)(answers, slot, reason, details)
}

export function newOutcome(answers: Answers, slot: number, reason: Reason, details: OutcomeDetails): Outcome {
  const { type, variants, offSlot } = answers
  const { controlSlot, errorCode, errorMessage, metadata } = details
  const variant = variants[slot]
  const isServed = slot !== offSlot && slot !== (controlSlot ?? offSlot)
  // Always all fields in one order: evaluations of many flags then read objects of one shape.
  return {
    slot,
    variant: variant?.name,
    value: variant?.value,
    enabled: variant === undefined ? undefined : type === 'boolean' ? variant.value === true : isServed,
    reason,
    errorCode,
    errorMessage,
    metadata,
  }
}

/** @throws Malformed for an unknown variant */
export function slotOf({ variants }: Answers, name: string): number {
  const slot = variants.findIndex((variant) => variant.name === name)
  return slot < 0 ? missing('variant', name) : slot
}

/** Reads the variants of a document that nobody has checked, and what is wrong with them. */
export function readAnswers(document: FlagDocument): Answers & { problem: string | undefined } {
  const usable: Variant[] = []
  let problem: string | undefined
  // One bad variant must not take the off variant with it.
  const attempt = (read: () => void) => {
    try {
      read()
    } catch (error) {
      problem = problemOf(error)
    }
  }
  attempt(() => {
    for (const variant of listIn(document, 'variants')) {
      attempt(() => {
        checkVariant(variant, usable, document.type)
        usable.push(variant)
      })
    }
  })
  // The document's own list where all of it can be used: an environment has thousands of them.
  const variants = problem === undefined ? document.variants : usable
  const offSlot = variants.findIndex(({ name }) => name === document?.offVariant)
  return { type: document?.type, variants, offSlot, problem }
}

/** @throws Malformed */
function checkVariant(variant: Variant, others: readonly Variant[], type: FlagType): void {
  const name = textIn(variant, 'name')
  if (others.some((other) => other.name === name)) throw new Malformed(`variant "${name}" is there twice`)
  if (!isOfType(variant.value, type)) throw new Malformed(`value of variant "${name}" is not of type ${named(type)}`)
}

const TYPES: readonly FlagType[] = ['boolean', 'string', 'number', 'object']

function isOfType(value: unknown, type: FlagType): boolean {
  return (
    TYPES.includes(type) && typeof value === type && value !== null && (type !== 'number' || Number.isFinite(value))
  )
}
