import { compileFlag, type FlagDocument, type Rollout, type Serve, WEIGHT_SCALE } from '@rampart/evaluation'
import { type InputProblem, invalidInput } from '../http/errors.ts'
import { bytesOf, keepWithin } from './limits.ts'

/**
 * Everything about a configuration that a schema alone cannot know. Throws INVALID_INPUT with all problems, or
 * LIMIT_EXCEEDED. Ends with a dry run of what SDKs will do: a document that does not compile never reaches them.
 */
export function checkConfiguration(document: FlagDocument): void {
  keepWithin(
    'RULES_PER_FLAG',
    document.rules.length,
    'Rules of this flag',
    'Join rules, or put people into an attribute.',
  )
  const problems = [
    ...checkVariant(document, document.offVariant, 'offVariant'),
    ...checkTargets(document),
    ...checkRules(document),
    ...checkServe(document, document.defaultServe, 'defaultServe'),
  ]
  if (problems.length > 0) throw invalidInput(problems)
  keepWithin('FLAG_BYTES', bytesOf(document), 'Bytes of this flag', `Large lists do not belong into a flag.`)
  const { problem } = compileFlag({ ...document, on: true, killed: false }, { segment: nothing, flag: nothing })
  if (problem !== undefined) throw invalidInput([{ path: '', message: `SDKs could not read this: ${problem}.` }])
}

const nothing = () => undefined

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

function checkRules(document: FlagDocument): InputProblem[] {
  const seen = new Set<string>()
  return document.rules.flatMap((rule, index) => {
    const path = `rules[${index}]`
    const problems = checkServe(document, rule.serve, `${path}.serve`)
    if (seen.has(rule.id)) problems.push({ path: `${path}.id`, message: `Another rule has the id "${rule.id}" too.` })
    seen.add(rule.id)
    for (const [at, condition] of rule.conditions.entries()) {
      if (condition.op !== 'segment') continue
      const message = `Segment "${condition.values.join('", "')}" does not exist.`
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
