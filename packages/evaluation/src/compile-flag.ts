// Turns a flag document into the few answers it can give and the tests that pick one. Everything that can be computed
// once is computed here; a malformed document becomes a flag that always answers its off variant.
import { type Answers, makeOutcome, readAnswers, type ShareAnswers, slotOf } from './answers.ts'
import { type CompiledRule, compileServe } from './compile-rule.ts'
import { compileConditions, type IndexKeys, type SegmentLookup, type ShareConditions } from './condition.ts'
import { booleanIn, listIn, Malformed, missing, problemOf, textIn } from './malformed.ts'
import type { DisabledMetadata, Outcome } from './outcome.ts'
import type { CompiledRamp, FindRamp } from './ramp.ts'
import type { FlagDocument } from './snapshot.ts'

export interface CompiledFlag {
  readonly key: string
  readonly answers: Answers
  readonly allocation: number
  /** What is malformed. The flag then answers its off variant, or the caller's default, with PARSE_ERROR. */
  readonly problem: string | undefined
  /** The answer when it is the same for everybody. */
  readonly always: Outcome | null
  readonly prerequisites: readonly CompiledPrerequisite[]
  /** Targeting key to answer. */
  readonly targets: ReadonlyMap<string, Outcome> | null
  /** In order; the last one is the default rule and matches everybody. */
  readonly rules: readonly CompiledRule[]
  /** The running ramp of a live flag, where it was looked for. */
  readonly ramp: CompiledRamp | null
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
  /** For many flags held at once; without it each has answers of its own. */
  share?: ShareAnswers | undefined
  shareConditions?: ShareConditions | undefined
  indexKeys?: IndexKeys | undefined
  /** For those who count the arms of ramps; without it no flag has one. */
  findRamp?: FindRamp | undefined
}

/** Never throws: a malformed document says so in `problem`. */
export function compileFlag(document: FlagDocument, lookup: Lookup): CompiledFlag {
  const own = readAnswers(document)
  const answers = (!own.problem && lookup.share?.(own)) || own
  const { offSlot, variants } = answers
  const disabled = (metadata: DisabledMetadata) =>
    assemble(document, answers, makeOutcome(answers, offSlot, 'DISABLED', { metadata }))
  if (document?.killed === true && offSlot >= 0) return disabled({ killed: true })
  try {
    if (own.problem) throw new Malformed(own.problem)
    return isOn(document, offSlot) ? compileLive(document, answers, lookup) : disabled({ off: true })
  } catch (error) {
    const problem = problemOf(error)
    const details = { errorCode: 'PARSE_ERROR', errorMessage: problem } as const
    const slot = offSlot >= 0 ? offSlot : variants.length
    return assemble(document, answers, makeOutcome(answers, slot, 'ERROR', details), problem)
  }
}

const NO_LIST: readonly never[] = []

/** The only place that makes the object, so that all flags have one shape and the engine reads them alike. */
function assemble(
  document: FlagDocument,
  answers: Answers,
  always: Outcome | null,
  problem?: string,
  prerequisites: readonly CompiledPrerequisite[] = NO_LIST,
  targets: ReadonlyMap<string, Outcome> | null = null,
  rules: readonly CompiledRule[] = NO_LIST,
  ramp: CompiledRamp | null = null,
): CompiledFlag {
  const allocation = Number.isSafeInteger(document?.allocation) ? document.allocation : 0
  return {
    key: document?.key,
    answers,
    allocation,
    problem,
    always,
    prerequisites,
    targets,
    rules,
    ramp,
  }
}

function isOn(document: FlagDocument, offSlot: number): boolean {
  textIn(document, 'key')
  if (offSlot < 0) missing('off variant', document.offVariant)
  booleanIn(document, 'killed')
  return booleanIn(document, 'on')
}

function compileLive(document: FlagDocument, answers: Answers, lookup: Lookup): CompiledFlag {
  const prerequisites = listIn(document, 'prerequisites', []).map((one) => compilePrerequisite(one, answers, lookup))
  const targets = compileTargets(document, answers)
  const salt = textIn(document, 'salt')
  const rules = listIn(document, 'rules').map((rule): CompiledRule | null => {
    const compile = () => compileConditions(rule, lookup.segment)
    const conditions = lookup.shareConditions ? lookup.shareConditions(rule.conditions, compile) : compile()
    return compileServe(rule.serve, conditions, answers, salt, textIn(rule, 'id'))
  })
  const mayDiffer = prerequisites.length > 0 || targets
  const defaultReason = mayDiffer || rules.length > 0 ? 'DEFAULT' : 'STATIC'
  rules.push(compileServe(document.defaultServe, NO_LIST, answers, salt, undefined, defaultReason))
  const reached = reachedRules(rules)
  const ramp = lookup.findRamp?.(document, rules, reached) ?? null
  const [first] = reached
  if (!mayDiffer && first?.conditions.length === 0 && first.always) {
    // The rule is of use to those who ask why.
    const why = first.id === undefined && !first.rollout ? NO_LIST : reached
    return assemble(document, answers, first.always, undefined, NO_LIST, null, why, ramp)
  }
  return assemble(document, answers, null, undefined, prerequisites, targets, reached, ramp)
}

/** Without the rules that pass everybody on, and those behind one that answers everybody. */
function reachedRules(rules: readonly (CompiledRule | null)[]): CompiledRule[] {
  const reached = rules.filter((rule) => rule !== null)
  const last = reached.findIndex((rule) => rule.conditions.length === 0 && rule.always)
  // Always a copy: filter leaves room for more than it found.
  return reached.slice(0, last < 0 ? reached.length : last + 1)
}

function compilePrerequisite(
  prerequisite: NonNullable<FlagDocument['prerequisites']>[number],
  answers: Answers,
  lookup: Lookup,
): CompiledPrerequisite {
  const key = textIn(prerequisite, 'flag')
  const flag = lookup.flag(key) ?? missing('prerequisite', key)
  const names = listIn(prerequisite, 'variants')
  // A malformed prerequisite answers with an error, which never meets anything: its variants need no check.
  const unknown = names.find((name) => !flag.problem && !flag.answers.variants.some((one) => one.name === name))
  if (unknown !== undefined) missing(`variant of prerequisite "${key}"`, unknown)
  return {
    flag,
    wanted: flag.answers.variants.map((variant) => names.includes(variant.name)),
    unmet: makeOutcome(answers, answers.offSlot, 'DISABLED', { metadata: { prerequisite: key } }),
  }
}

function compileTargets(document: FlagDocument, answers: Answers): Map<string, Outcome> | null {
  const targets = new Map<string, Outcome>()
  for (const target of listIn(document, 'targets', [])) {
    const outcome = makeOutcome(answers, slotOf(answers, target.variant), 'TARGETING_MATCH')
    for (const key of listIn(target, 'keys')) {
      // The first target that names somebody wins, as the first rule does.
      if (!targets.has(key)) targets.set(key, outcome)
    }
  }
  return targets.size === 0 ? null : targets
}
