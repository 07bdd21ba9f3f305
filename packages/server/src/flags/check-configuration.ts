import {
  compileFlag,
  compileSegment,
  type FlagDocument,
  type Rollout,
  type SegmentDocument,
  type Serve,
  WEIGHT_SCALE,
} from '@rampart/evaluation'
import { type InputProblem, invalidInput } from '../http/errors.ts'
import { bytesOf, keepWithin } from './limits.ts'

/** What a configuration may name: the segments of its project, and the other flags as its environment serves them. */
export interface Surroundings {
  segments: ReadonlySet<string>
  flags: ReadonlyMap<string, FlagDocument>
}

const NOTHING: Surroundings = { segments: new Set(), flags: new Map() }

/**
 * Everything about a configuration that a schema alone cannot know. Throws INVALID_INPUT with all problems, or
 * LIMIT_EXCEEDED. Ends with a dry run of what SDKs will do: a document that does not compile never reaches them.
 */
export function checkConfiguration(document: FlagDocument, around: Surroundings = NOTHING): void {
  keepWithin(
    'RULES_PER_FLAG',
    document.rules.length,
    'Rules of this flag',
    'Join rules, or put people into an attribute.',
  )
  const problems = [
    ...checkVariant(document, document.offVariant, 'offVariant'),
    ...checkPrerequisites(document, around),
    ...checkTargets(document),
    ...checkRules(document, around),
    ...checkServe(document, document.defaultServe, 'defaultServe'),
  ]
  if (problems.length > 0) throw invalidInput(problems)
  keepWithin('FLAG_BYTES', bytesOf(document), 'Bytes of this flag', `Large lists do not belong into a flag.`)
  const { problem } = compileFlag(
    { ...document, on: true, killed: false },
    {
      segment: (key) => (around.segments.has(key) ? compileSegment(emptySegment(key), nothing) : undefined),
      // Off, so that its own prerequisites are not asked for: only its variants matter here.
      flag: (key) =>
        around.flags.has(key)
          ? compileFlag({ ...(around.flags.get(key) as FlagDocument), on: false }, { segment: nothing, flag: nothing })
          : undefined,
    },
  )
  if (problem !== undefined) throw invalidInput([{ path: '', message: `SDKs could not read this: ${problem}.` }])
}

const nothing = () => undefined

function emptySegment(key: string): SegmentDocument {
  return { key, included: [], excluded: [], rules: [], revision: 0 }
}

function checkPrerequisites(document: FlagDocument, { flags }: Surroundings): InputProblem[] {
  return (document.prerequisites ?? []).flatMap(({ flag: key, variants }, index) => {
    const path = `prerequisites[${index}]`
    const flag = flags.get(key)
    if (!flag) return [{ path: `${path}.flag`, message: `There is no flag "${key}".` }]
    const circle = wayBack(key, document.key, flags)
    if (circle) {
      const message = `This would be a circle: ${[document.key, ...circle].join(' needs ')}. Take one of these prerequisites away.`
      return [{ path: `${path}.flag`, message }]
    }
    return variants.flatMap((name, at) => checkVariant(flag, name, `${path}.variants[${at}]`))
  })
}

/** The flags from `from` to `to` along prerequisites, or undefined when there is no way. */
function wayBack(from: string, to: string, flags: ReadonlyMap<string, FlagDocument>): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[from, undefined]])
  // Grows while it is walked: every flag is looked at once.
  for (const key of cameFrom.keys()) {
    if (key === to) {
      const way: string[] = []
      for (let at: string | undefined = key; at !== undefined; at = cameFrom.get(at)) way.unshift(at)
      return way
    }
    for (const { flag } of flags.get(key)?.prerequisites ?? []) if (!cameFrom.has(flag)) cameFrom.set(flag, key)
  }
  return undefined
}

function checkVariant(document: FlagDocument, name: string, path: string): InputProblem[] {
  if (document.variants.some((variant) => variant.name === name)) return []
  const names = document.variants.map((variant) => variant.name).join(', ')
  return [{ path, message: `There is no variant "${name}". This flag has: ${names}.` }]
}

function checkTargets(document: FlagDocument): InputProblem[] {
  const problems: InputProblem[] = []
  const seen = new Set<string>()
  for (const [index, target] of (document.targets ?? []).entries()) {
    problems.push(...checkVariant(document, target.variant, `targets[${index}].variant`))
    for (const [at, key] of target.keys.entries()) {
      if (seen.has(key)) problems.push({ path: `targets[${index}].keys[${at}]`, message: `"${key}" is listed twice.` })
      seen.add(key)
    }
  }
  return problems.slice(0, 20)
}

function checkRules(document: FlagDocument, { segments }: Surroundings): InputProblem[] {
  const seen = new Set<string>()
  return document.rules.flatMap((rule, index) => {
    const path = `rules[${index}]`
    const problems = checkServe(document, rule.serve, `${path}.serve`)
    if (seen.has(rule.id)) problems.push({ path: `${path}.id`, message: `Another rule has the id "${rule.id}" too.` })
    seen.add(rule.id)
    for (const [at, condition] of rule.conditions.entries()) {
      if (condition.op !== 'segment') continue
      const missing = condition.values.filter((key) => !segments.has(key))
      if (missing.length === 0) continue
      const message = `Segment "${missing.join('", "')}" does not exist.`
      problems.push({ path: `${path}.conditions[${at}].values`, message })
    }
    return problems
  })
}

function checkServe(document: FlagDocument, serve: Serve, path: string): InputProblem[] {
  if (serve.rollout === undefined) return checkVariant(document, serve.variant, `${path}.variant`)
  return checkRollout(document, serve.rollout, `${path}.rollout`)
}

function checkRollout(document: FlagDocument, rollout: Rollout, path: string): InputProblem[] {
  const problems = rollout.split.flatMap((part, index) =>
    checkVariant(document, part.variant, `${path}.split[${index}].variant`),
  )
  if (rollout.control !== undefined) problems.push(...checkVariant(document, rollout.control, `${path}.control`))
  if (new Set(rollout.split.map((part) => part.variant)).size < rollout.split.length) {
    problems.push({ path: `${path}.split`, message: 'Name each variant once in a split.' })
  }
  const sum = rollout.split.reduce((total, part) => total + part.weight, 0)
  if (sum !== WEIGHT_SCALE) {
    const message = `The weights of a split must sum to ${WEIGHT_SCALE}; these sum to ${sum}. How many people come in at all is "weight".`
    problems.push({ path: `${path}.split`, message })
  }
  return problems
}
