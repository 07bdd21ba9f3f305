import type { Condition, JsonValue, Prerequisite, Rule } from '@rampart/evaluation'
import { conditionParts, plainText, prerequisiteParts, ruleParts } from './sentences.ts'
import { formatShare } from './shares.ts'

export interface Difference {
  path: string
  before: JsonValue | undefined
  after: JsonValue | undefined
}

/** Leaves that differ between two documents; the path joins keys and indexes by dots. */
export function differences(before: JsonValue | undefined, after: JsonValue | undefined, path = ''): Difference[] {
  if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
    const left = before as Record<string, JsonValue>
    const right = after as Record<string, JsonValue>
    const keys = new Set([...Object.keys(left), ...Object.keys(right)])
    return [...keys].flatMap((key) => differences(left[key], right[key], path ? `${path}.${key}` : key))
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }]
}

function isBranch(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null
}

const WORDS: Record<string, string> = {
  on: 'switched on',
  offVariant: 'off variant',
  defaultServe: 'default',
  rollout: 'rollout',
  rules: 'rule',
  targets: 'target',
  prerequisites: 'prerequisite',
  conditions: 'condition',
  bucketBy: 'by attribute',
  weight: 'share',
}

/** "defaultServe.rollout.weight", or the same as a JSON pointer, becomes "default › rollout › weight". */
export function pathInWords(path: string): string {
  const parts = path.split(/[./]/).filter(Boolean)
  if (parts.length === 0) return 'everything'
  return parts.map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : (WORDS[part] ?? part))).join(' › ')
}

/** A value as a screen shows it: weights as shares, rules as sentences, text bare, nothing as a dash. */
export function valueInWords(path: string, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '—'
  const whole = wholeInWords(value)
  if (whole !== null) return whole
  if (typeof value === 'number' && /(?:^|[./])weight$/.test(path)) return formatShare(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A prerequisite, a rule, a target or a condition that came or went whole. */
function wholeInWords(value: JsonValue): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  if ('conditions' in value && 'serve' in value) {
    const rule = value as unknown as Rule
    return `${rule.description ? `${rule.description}: ` : ''}${plainText(ruleParts(rule))}`
  }
  if ('variant' in value && Array.isArray(value['keys']))
    return `${value['keys'].join(', ')} → ${String(value['variant'])}`
  if ('flag' in value && Array.isArray(value['variants']))
    return plainText(prerequisiteParts(value as unknown as Prerequisite))
  if ('op' in value && 'values' in value) return plainText(conditionParts(value as unknown as Condition))
  return null
}
