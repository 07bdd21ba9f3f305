// Turns a flag document into the few answers it can give and the tests that pick one. Everything that can be computed
// once is computed here; a malformed document becomes a flag that always answers its off variant.
import { seedOf, VARIANT_SALT_SUFFIX } from './bucket.ts'
import { type CompiledCondition, compileConditions, type SegmentLookup } from './condition.ts'
import { expectBoolean, expectList, expectObject, expectText, expectWeight, Malformed, problemOf } from './malformed.ts'
import type { Outcome } from './outcome.ts'
import { type CompiledRollout, constantOutcome } from './rollout.ts'
import { type FlagDocument, type FlagType, type Rollout, type Serve, type Variant, WEIGHT_SCALE } from './snapshot.ts'
import { compilePath } from './user.ts'

export interface CompiledFlag {
  readonly key: string
  readonly type: FlagType
  /** The usable ones; `Outcome.slot` counts in them. */
  readonly variants: readonly Variant[]
  readonly allocation: number
  /** What is malformed. The flag then answers its off variant, or the caller's default, with PARSE_ERROR. */
  readonly problem: string | undefined
  /** The answer when it is the same for everybody. */
  readonly always: Outcome | null
  /** The answer when reading the user's attributes throws. */
  readonly unreadableUser: Outcome
  readonly prerequisites: readonly CompiledPrerequisite[]
  /** Targeting key to answer. */
  readonly targets: ReadonlyMap<string, Outcome> | null
  /** In order; the last one is the default rule and matches everybody. */
  readonly rules: readonly CompiledRule[]
}

export interface CompiledPrerequisite {
  readonly flag: CompiledFlag
  /** By slot of that flag. */
  readonly wanted: readonly boolean[]
  readonly unmet: Outcome
}

export interface CompiledRule {
  readonly conditions: readonly CompiledCondition[]
  /** The answer to all who match, or null: then the rollout decides. */
  readonly always: Outcome | null
  readonly rollout: CompiledRollout | null
}

/** Where a flag finds what it names. */
export interface Lookup {
  segment: SegmentLookup
  /** Undefined when there is no such flag. */
  flag: (key: string) => CompiledFlag | undefined
}

/** Never throws: a malformed document says so in `problem`. */
export function compileFlag(document: FlagDocument, lookup: Lookup): CompiledFlag {
  const answers = answersOf(document)
  const off = answers.offSlot
  if (document?.killed === true && off >= 0) return unconditional(document, answers, killed(answers))
  try {
    const on = checkHead(document, answers)
    if (!on) return unconditional(document, answers, answers.make(off, 'DISABLED', { metadata: { off: true } }))
    return compileLive(document, answers, lookup)
  } catch (error) {
    const errorMessage = problemOf(error)
    const slot = off >= 0 ? off : answers.variants.length
    const outcome = answers.make(slot, 'ERROR', { errorCode: 'PARSE_ERROR', errorMessage })
    return { ...unconditional(document, answers, outcome), problem: errorMessage }
  }
}

function killed(answers: Answers): Outcome {
  return answers.make(answers.offSlot, 'DISABLED', { metadata: { killed: true } })
}

function unconditional(document: FlagDocument, answers: Answers, always: Outcome): CompiledFlag {
  return { ...headOf(document, answers), always, unreadableUser: always, prerequisites: [], targets: null, rules: [] }
}

function headOf(document: FlagDocument, answers: Answers) {
  const { variants } = answers
  const { key, type, allocation } = (document ?? {}) as FlagDocument
  return { key, type, variants, allocation: Number.isSafeInteger(allocation) ? allocation : 0, problem: undefined }
}

/** Returns whether the flag is on. */
function checkHead(document: FlagDocument, answers: Answers): boolean {
  expectText(expectObject(document, 'a flag').key, 'key of a flag')
  if (answers.problem !== undefined) throw new Malformed(answers.problem)
  if (answers.offSlot < 0) throw new Malformed(`off variant "${String(document.offVariant)}" does not exist`)
  expectBoolean(document.killed, 'killed')
  return expectBoolean(document.on, 'on')
}

function compileLive(document: FlagDocument, answers: Answers, lookup: Lookup): CompiledFlag {
  const prerequisites = expectList(document.prerequisites ?? [], 'prerequisites').map((one) =>
    compilePrerequisite(one, answers, lookup),
  )
  const targets = compileTargets(document, answers)
  const salt = expectText(document.salt, 'salt')
  const rules = expectList(document.rules, 'rules').map((rule): CompiledRule | null => {
    const conditions = compileConditions(expectObject(rule, 'a rule').conditions, lookup.segment)
    return compileServe(rule.serve, conditions, answers, salt, expectText(rule.id, 'id of a rule'))
  })
  const isStatic = prerequisites.length === 0 && targets === null && rules.length === 0
  const defaultReason = isStatic ? 'STATIC' : 'DEFAULT'
  rules.push(compileServe(document.defaultServe, [], answers, salt, undefined, defaultReason))
  const reached = reachedRules(rules)
  const [first] = reached
  const isUnconditional = prerequisites.length === 0 && targets === null && first?.conditions.length === 0
  return {
    ...headOf(document, answers),
    always: isUnconditional ? (first as CompiledRule).always : null,
    unreadableUser: answers.make(answers.offSlot, 'ERROR', {
      errorCode: 'INVALID_CONTEXT',
      errorMessage: 'an attribute of the user cannot be read',
    }),
    prerequisites,
    targets,
    rules: reached,
  }
}

/** Without the rules that pass everybody on, and those behind one that answers everybody. */
function reachedRules(rules: readonly (CompiledRule | null)[]): CompiledRule[] {
  const reached = rules.filter((rule) => rule !== null)
  const last = reached.findIndex((rule) => rule.conditions.length === 0 && rule.always !== null)
  return last < 0 ? reached : reached.slice(0, last + 1)
}

function compilePrerequisite(
  prerequisite: NonNullable<FlagDocument['prerequisites']>[number],
  answers: Answers,
  lookup: Lookup,
): CompiledPrerequisite {
  const key = expectText(expectObject(prerequisite, 'a prerequisite').flag, 'flag of a prerequisite')
  const flag = lookup.flag(key)
  if (flag === undefined) throw new Malformed(`prerequisite "${key}" does not exist`)
  const names = expectList(prerequisite.variants, 'variants of a prerequisite')
  // A malformed prerequisite answers with an error, which never meets anything: its variants need no check.
  const unknown = names.find((name) => flag.problem === undefined && !flag.variants.some((one) => one.name === name))
  if (unknown !== undefined) throw new Malformed(`prerequisite "${key}" has no variant "${String(unknown)}"`)
  return {
    flag,
    wanted: flag.variants.map((variant) => names.includes(variant.name)),
    unmet: answers.make(answers.offSlot, 'DISABLED', { metadata: { prerequisite: key } }),
  }
}

function compileTargets(document: FlagDocument, answers: Answers): Map<string, Outcome> | null {
  const targets = new Map<string, Outcome>()
  for (const target of expectList(document.targets ?? [], 'targets')) {
    const outcome = answers.make(answers.slotOf(expectObject(target, 'a target').variant), 'TARGETING_MATCH')
    for (const key of expectList(target.keys, 'keys of a target')) {
      // The first target that names somebody wins, as the first rule does.
      if (!targets.has(key)) targets.set(key, outcome)
    }
  }
  return targets.size === 0 ? null : targets
}

/** Null for a rule that passes everybody on. Without `ruleId` it is the default rule, which never passes on. */
function compileServe(
  serve: Serve,
  conditions: readonly CompiledCondition[],
  answers: Answers,
  salt: string,
  ruleId: string | undefined,
  reason: Outcome['reason'] = 'TARGETING_MATCH',
): CompiledRule | null {
  const { variant, rollout } = expectObject(serve, 'what a rule serves')
  if ((variant === undefined) === (rollout === undefined)) throw new Malformed('a rule serves a variant or a rollout')
  if (rollout === undefined) {
    return { conditions, always: answers.make(answers.slotOf(variant), reason, { ruleId }), rollout: null }
  }
  const compiled = compileRollout(rollout, answers, salt, ruleId)
  const constant = constantOutcome(compiled)
  if (constant === null) return null
  return { conditions, always: constant ?? null, rollout: compiled }
}

function compileRollout(
  rollout: Rollout,
  answers: Answers,
  flagSalt: string,
  ruleId: string | undefined,
): CompiledRollout {
  expectObject(rollout, 'a rollout')
  const { bucketBy, otherwise = 'control' } = rollout
  const salt = expectText(rollout.salt ?? flagSalt, 'salt of a rollout')
  const controlSlot = rollout.control === undefined ? answers.offSlot : answers.slotOf(rollout.control)
  if (otherwise !== 'control' && otherwise !== 'next') throw new Malformed('otherwise must be "control" or "next"')
  const compiled: CompiledRollout = {
    bucketBy: bucketBy === undefined ? null : compilePath(expectText(bucketBy, 'bucketBy')),
    seed: seedOf(salt),
    variantSeed: seedOf(salt + VARIANT_SALT_SUFFIX),
    weight: expectWeight(rollout.weight, 'weight of a rollout'),
    inside: [],
    bounds: [],
    outside: null,
    unidentified: null,
  }
  const more = { ruleId, rollout: compiled, controlSlot }
  const inside: Outcome[] = []
  const bounds: number[] = []
  let sum = 0
  for (const part of expectList(rollout.split, 'split')) {
    const slot = answers.slotOf(expectObject(part, 'a part of a split').variant)
    const weight = expectWeight(part.weight, 'weight in a split')
    sum += weight
    if (weight === 0) continue
    inside.push(answers.make(slot, 'SPLIT', more))
    bounds.push(sum)
  }
  if (sum !== WEIGHT_SCALE) throw new Malformed(`weights of a split must sum to ${WEIGHT_SCALE}, not ${sum}`)
  compiled.inside = inside
  compiled.bounds = bounds
  if (otherwise === 'control' || ruleId === undefined) {
    compiled.outside = answers.make(controlSlot, 'SPLIT', more)
    compiled.unidentified = answers.make(controlSlot, 'ERROR', {
      ...more,
      errorCode: 'TARGETING_KEY_MISSING',
      errorMessage: compiled.bucketBy === null ? 'the user has no key' : `the user has no "${compiled.bucketBy.name}"`,
    })
  }
  return compiled
}

/** The variants of a flag, and a way to make answers of them. */
interface Answers {
  readonly variants: readonly Variant[]
  /** Below 0 when there is no usable off variant. */
  readonly offSlot: number
  readonly problem: string | undefined
  /** @throws Malformed for an unknown variant */
  slotOf(name: string): number
  make(slot: number, reason: Outcome['reason'], more?: Partial<Outcome> & { controlSlot?: number }): Outcome
}

function answersOf(document: FlagDocument): Answers {
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
