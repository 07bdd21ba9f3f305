// The answers a flag can give are made of its variants, and only of the usable ones.
import { Malformed } from './malformed.ts'
import type { Outcome } from './outcome.ts'
import type { FlagDocument, FlagType, Variant } from './snapshot.ts'

/** The variants of a flag, and a way to make answers of them. */
export interface Answers {
  readonly variants: readonly Variant[]
  /** Below 0 when there is no usable off variant. */
  readonly offSlot: number
  readonly problem: string | undefined
  /** @throws Malformed for an unknown variant */
  slotOf(name: string): number
  make(slot: number, reason: Outcome['reason'], more?: Partial<Outcome> & { controlSlot?: number }): Outcome
}

export function answersOf(document: FlagDocument): Answers {
  const variants: Variant[] = []
  const problem = collectVariants(document, variants)
  const slots = new Map(variants.map((variant, slot) => [variant.name, slot]))
  const offSlot = slots.get(document?.offVariant) ?? -1
  return {
    variants,
    offSlot,
    problem,
    slotOf(name) {
      const slot = slots.get(name)
      if (slot === undefined) throw new Malformed(`variant "${String(name)}" does not exist`)
      return slot
    },
    make(slot, reason, more) {
      const variant = variants[slot]
      const isServed = slot !== offSlot && slot !== (more?.controlSlot ?? offSlot)
      // Always all fields in one order: evaluations of many flags then read objects of one shape.
      return {
        slot,
        variant: variant?.name,
        value: variant?.value,
        enabled: variant === undefined ? undefined : document.type === 'boolean' ? variant.value === true : isServed,
        reason,
        errorCode: more?.errorCode,
        errorMessage: more?.errorMessage,
        ruleId: more?.ruleId,
        metadata: more?.metadata,
        rollout: more?.rollout ?? null,
      }
    },
  }
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
    else if (!isOfType(variant.value, document.type)) problem = `value of variant "${name}" is no ${document.type}`
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
