import { sameJson } from '../audit/canonical-json.ts'
import type { SegmentRow } from './segments.queries.ts'

type Described = Pick<SegmentRow, 'key' | 'name' | 'description' | 'included' | 'excluded' | 'rules'>

/** What happened to a segment, in the words of people: "added 12 keys to beta". */
export function describeSegmentEdit(before: Described, after: Described): string {
  const parts = [
    ...keyParts(before.included, after.included, 'to', 'from', before.key),
    ...keyParts(before.excluded, after.excluded, 'to the excluded of', 'from the excluded of', before.key),
    ...(sameJson(before.rules, after.rules) ? [] : [`changed the rules of ${before.key}`]),
    ...(before.name === after.name ? [] : [`renamed ${before.key} to "${after.name}"`]),
    ...(before.description === after.description ? [] : [`changed the description of ${before.key}`]),
  ]
  const last = parts.pop() ?? `changed the segment ${before.key}`
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`
}

export function describeSegmentArchive(key: string): string {
  return `archived the segment ${key}`
}

function keyParts(before: string[], after: string[], to: string, from: string, segment: string): string[] {
  const added = missingFrom(before, after)
  const removed = missingFrom(after, before)
  return [
    ...(added > 0 ? [`added ${keys(added)} ${to} ${segment}`] : []),
    ...(removed > 0 ? [`removed ${keys(removed)} ${from} ${segment}`] : []),
  ]
}

function missingFrom(list: string[], candidates: string[]): number {
  const known = new Set(list)
  return candidates.filter((key) => !known.has(key)).length
}

function keys(count: number): string {
  return count === 1 ? '1 key' : `${count} keys`
}
