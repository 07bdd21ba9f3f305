import type { FlagType, JsonValue, Variant } from '@rampart/evaluation'
import { type InputProblem, invalidInput } from '../http/errors.ts'
import type { NewFlag } from './flags.schemas.ts'
import { bytesOf, depthOf, keepWithin } from './limits.ts'

/**
 * The variants of a new flag and which of them is served when it is off: that named, or `off`, or the first. A boolean
 * flag has `on` and `off` by itself. Throws INVALID_INPUT, or LIMIT_EXCEEDED for values that are too large.
 */
export function chooseVariants(input: NewFlag): { variants: Variant[]; offVariant: string } {
  const variants = input.variants ? input.variants.map(toVariant) : defaultVariants(input.type)
  const problems = [...checkNames(variants), ...variants.flatMap((variant, at) => checkValue(variant, input.type, at))]
  const offVariant =
    input.offVariant ?? variants.find((variant) => variant.name === 'off')?.name ?? variants[0]?.name ?? ''
  if (!variants.some((variant) => variant.name === offVariant)) {
    problems.push({ path: 'offVariant', message: `There is no variant "${offVariant}". Name one of the variants.` })
  }
  if (problems.length > 0) throw invalidInput(problems)
  return { variants, offVariant }
}

function defaultVariants(type: FlagType): Variant[] {
  if (type === 'boolean') {
    return [
      { name: 'on', value: true },
      { name: 'off', value: false },
    ]
  }
  const example = '[{"name": "control", "value": ...}, {"name": "new", "value": ...}]'
  throw invalidInput([{ path: 'variants', message: `A ${type} flag needs its variants: ${example}.` }])
}

function toVariant({ name, value }: { name: string; value?: unknown }): Variant {
  return { name, value: value as JsonValue }
}

function checkNames(variants: Variant[]): InputProblem[] {
  return variants.flatMap(({ name }, index) =>
    variants.findIndex((other) => other.name === name) === index
      ? []
      : [{ path: `variants[${index}].name`, message: `Another variant is named "${name}" too.` }],
  )
}

function checkValue({ name, value }: Variant, type: FlagType, index: number): InputProblem[] {
  const isOfType = isValueOf(type, value)
  if (!isOfType) {
    return [{ path: `variants[${index}].value`, message: `The value of "${name}" must be ${article(type)}.` }]
  }
  keepWithin(
    'VALUE_BYTES',
    bytesOf(value),
    `Bytes of the value of "${name}"`,
    'Keep large content elsewhere and name it.',
  )
  keepWithin('VALUE_DEPTH', depthOf(value), `Levels of the value of "${name}"`, 'Flatten it.')
  return []
}

function article(type: FlagType): string {
  if (type === 'object') return 'an object or a list'
  if (type === 'boolean') return 'true or false'
  return type === 'number' ? 'a number' : 'text'
}

function isValueOf(type: FlagType, value: unknown): boolean {
  if (type === 'object') return typeof value === 'object' && value !== null
  // JSON can write 1e999, which is read as Infinity and cannot be written back.
  return type === 'number' ? Number.isFinite(value) : typeof value === type
}
