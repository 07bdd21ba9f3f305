// Turns a flag document into the few answers it can give and the tests that pick one. Everything that can be computed
// once is computed here; a malformed document becomes a flag that always answers its off variant.
import { type Answers, answersOf } from './answers.ts'
import { type CompiledRule, compileServe } from './compile-rule.ts'
import { compileConditions, type SegmentLookup } from './condition.ts'
import { expectBoolean, expectList, expectObject, expectText, Malformed, problemOf } from './malformed.ts'
import type { DisabledMetadata, Outcome } from './outcome.ts'
import type { FlagDocument, FlagType, Variant } from './snapshot.ts'

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
  const disabled = (metadata: DisabledMetadata) =>
    unconditional(document, answers, answers.make(off, 'DISABLED', { metadata }))
  if (document?.killed === true && off >= 0) return disabled({ killed: true })
  try {
    if (!checkHead(document, answers)) return disabled({ off: true })
    return compileLive(document, answers, lookup)
  } catch (error) {
    const errorMessage = problemOf(error)
    const slot = off >= 0 ? off : answers.variants.length
    const outcome = answers.make(slot, 'ERROR', { errorCode: 'PARSE_ERROR', errorMessage })
    return { ...unconditional(document, answers, outcome), problem: errorMessage }
  }
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
