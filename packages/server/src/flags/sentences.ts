import type { Rule, Serve, Variant } from '@rampart/evaluation'
import { sameJson } from '../audit/canonical-json.ts'
import type { Editable } from './configuration.schemas.ts'
import { percentOf } from './describe-weight.ts'

/**
 * What happened to a configuration, in the words of people: "ramped new-checkout in production from 5 % to 25 %".
 * Without the actor, who stands beside it. The same words everywhere: history, graphs, messages.
 */
export function describeEdit(flag: string, environment: string, before: Editable, after: Editable): string {
  const subject = `${flag} in ${environment}`
  return joinParts(subject, editParts(subject, before, after), 'changed')
}

/** The same before it happens, for buttons and requests: "ramp new-checkout in production from 5 % to 25 %". */
export function describeIntention(flag: string, environment: string, before: Editable, after: Editable): string {
  const subject = `${flag} in ${environment}`
  return joinParts(subject, editParts(subject, before, after).map(asIntention), 'change')
}

const INTENTIONS: Record<string, string> = {
  turned: 'turn',
  ramped: 'ramp',
  set: 'set',
  split: 'split',
  changed: 'change',
  added: 'add',
  removed: 'remove',
  reordered: 'reorder',
  targeted: 'target',
  stopped: 'stop',
  gave: 'give',
  made: 'make',
}

/** Every part begins with its verb. */
function asIntention(part: string): string {
  const end = part.indexOf(' ')
  const verb = part.slice(0, end)
  return (INTENTIONS[verb] ?? verb) + part.slice(end)
}

function editParts(subject: string, before: Editable, after: Editable): string[] {
  return [
    ...describeSwitch(subject, before, after),
    ...describeServe(subject, before.defaultServe, after.defaultServe),
    ...describeRules(subject, before.rules, after.rules),
    ...describeTargets(subject, before, after),
    ...describePrerequisites(subject, before, after),
    ...(before.offVariant === after.offVariant
      ? []
      : [`changed the off variant of ${subject} from ${before.offVariant} to ${after.offVariant}`]),
  ]
}

/** The subject is named once: "turned on x in production and ramped it from 0 % to 5 %". */
function joinParts(subject: string, parts: string[], otherwise: string): string {
  const [first = `${otherwise} ${subject}`, ...others] = parts
  const rest = others.map((part) => part.replaceAll(subject, 'it'))
  const last = rest.pop()
  if (last === undefined) return first
  return `${[first, ...rest].join(', ')} and ${last}`
}

function describeSwitch(subject: string, before: Editable, after: Editable): string[] {
  if (before.on === after.on) return []
  return [after.on ? `turned on ${subject}` : `turned off ${subject}`]
}

function describeServe(subject: string, before: Serve, after: Serve): string[] {
  if (sameJson(before, after)) return []
  if (before.rollout && after.rollout) return describeRollout(subject, before, after)
  return [`set ${subject} to serve ${nameOf(after)}`]
}

/** A change between two rollouts: the ramp first, because that is what people look for. */
function describeRollout(subject: string, before: Serve, after: Serve): string[] {
  const [from, to] = [before.rollout, after.rollout]
  if (!from || !to) return []
  const parts: string[] = []
  if (from.weight !== to.weight) {
    parts.push(`ramped ${subject} from ${percentOf(from.weight)} to ${percentOf(to.weight)}`)
  }
  if (!sameJson(from.split, to.split)) parts.push(`split ${subject} into ${splitOf(to.split)}`)
  if (!sameJson({ ...from, weight: 0, split: [] }, { ...to, weight: 0, split: [] })) {
    parts.push(`changed how people are chosen for ${subject}`)
  }
  return parts
}

function nameOf({ variant, rollout }: Serve): string {
  if (rollout === undefined) return `${variant} to everybody`
  const [only, ...others] = rollout.split
  const what = only && others.length === 0 ? only.variant : splitOf(rollout.split)
  return `${what} to ${percentOf(rollout.weight)}`
}

function splitOf(split: { variant: string; weight: number }[]): string {
  return split.map(({ variant, weight }) => `${variant} ${percentOf(weight)}`).join(', ')
}

function describeRules(subject: string, before: Rule[], after: Rule[]): string[] {
  if (sameJson(before, after)) return []
  const old = new Map(before.map((rule) => [rule.id, rule]))
  const kept = new Set(after.map((rule) => rule.id))
  const parts: string[] = []
  for (const rule of after) {
    const earlier = old.get(rule.id)
    if (!earlier) parts.push(`added the rule ${labelOf(rule)} to ${subject}`)
    else if (!sameJson(earlier, rule)) parts.push(describeRule(subject, earlier, rule))
  }
  for (const rule of before) if (!kept.has(rule.id)) parts.push(`removed the rule ${labelOf(rule)} from ${subject}`)
  return parts.length > 0 ? parts : [`reordered the rules of ${subject}`]
}

function describeRule(subject: string, before: Rule, after: Rule): string {
  const { rollout: from } = before.serve
  const { rollout: to } = after.serve
  const isRamp =
    from &&
    to &&
    from.weight !== to.weight &&
    sameJson({ ...before, serve: { ...from, weight: 0 } }, { ...after, serve: { ...to, weight: 0 } })
  if (!isRamp) return `changed the rule ${labelOf(after)} of ${subject}`
  return `ramped the rule ${labelOf(after)} of ${subject} from ${percentOf(from.weight)} to ${percentOf(to.weight)}`
}

function labelOf(rule: Rule): string {
  return `"${rule.description || rule.id}"`
}

function describeTargets(subject: string, before: Editable, after: Editable): string[] {
  if (sameJson(before.targets, after.targets)) return []
  const [old, now] = [targetedKeys(before), targetedKeys(after)]
  const added = [...now].filter(([key]) => !old.has(key)).length
  const removed = [...old].filter(([key]) => !now.has(key)).length
  const moved = [...now].filter(([key, variant]) => old.has(key) && old.get(key) !== variant).length
  const parts = [
    ...(added > 0 ? [`targeted ${people(added)} in ${subject}`] : []),
    ...(removed > 0 ? [`stopped targeting ${people(removed)} in ${subject}`] : []),
    ...(moved > 0 ? [`gave ${people(moved)} another variant of ${subject}`] : []),
  ]
  return parts.length > 0 ? parts : [`reordered the individual targets of ${subject}`]
}

function describePrerequisites(subject: string, before: Editable, after: Editable): string[] {
  if (sameJson(before.prerequisites, after.prerequisites)) return []
  if (after.prerequisites.length === 0) return [`made ${subject} depend on no other flag`]
  const wanted = after.prerequisites.map(({ flag, variants }) => `${flag} being ${variants.join(' or ')}`)
  return [`made ${subject} depend on ${wanted.join(' and ')}`]
}

function targetedKeys({ targets }: Editable): Map<string, string> {
  return new Map(targets.flatMap(({ variant, keys }) => keys.map((key) => [key, variant] as const)))
}

function people(count: number): string {
  return count === 1 ? '1 person' : `${count} people`
}

export function describeCreation(flag: string, type: string, variants: Variant[]): string {
  const what = type === 'boolean' ? '' : ` with ${variants.map((variant) => variant.name).join(', ')}`
  return `created the ${type} flag ${flag}${what}, off everywhere`
}

export function describeKill(flag: string, environment: string): string {
  return `killed ${flag} in ${environment}`
}

export function describeRestore(flag: string, environment: string): string {
  return `restored ${flag} in ${environment}`
}

export function describeArchive(flag: string): string {
  return `archived ${flag}`
}

/** An archive that was taken back. */
export function describeUnarchive(flag: string): string {
  return `took ${flag} back out of the archive (undo)`
}

/** Fields that describe a flag, such as its owner. */
export function describeMetadata(flag: string, fields: string[]): string {
  const words = fields.map((field) => (field === 'clientVisible' ? 'visibility to browsers' : field))
  const last = words.pop() ?? 'description'
  return `changed the ${words.length > 0 ? `${words.join(', ')} and ${last}` : last} of ${flag}`
}
