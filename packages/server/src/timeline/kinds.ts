import { eq, like, not, or, type SQL, sql } from 'drizzle-orm'
import { auditEntries } from '../db/schema/index.ts'
import type { TimelineKind } from './timeline.schemas.ts'

/** Which actions make which kind; whatever begins with none of them belongs to the settings. */
const BEGINNINGS: [kind: TimelineKind, beginning: string][] = [
  ['kill', 'flag.kill'],
  ['restore', 'flag.restore'],
  ['verdict', 'verdict.'],
  ['ramp', 'ramp.'],
  ['request', 'change-request.'],
  ['change', 'configuration.'],
  ['change', 'flag.'],
  ['change', 'segment.'],
]

/** What a change is on the axis. */
export function kindOf(action: string): TimelineKind {
  return BEGINNINGS.find(([, beginning]) => action.startsWith(beginning))?.[0] ?? 'settings'
}

/** The same as a condition, so that a page is filled with what was asked for. */
export function isOfKind(kinds: readonly TimelineKind[]): SQL | undefined {
  return or(...kinds.map(conditionOf))
}

function conditionOf(kind: TimelineKind): SQL | undefined {
  const begins = (beginning: string) => like(auditEntries.action, `${beginning}%`)
  if (kind === 'kill') return eq(auditEntries.action, 'flag.kill')
  if (kind === 'restore') return eq(auditEntries.action, 'flag.restore')
  if (kind === 'settings') return not(or(...BEGINNINGS.map(([, beginning]) => begins(beginning))) as SQL)
  // A deploy is no change and stands in another table.
  const own = or(...BEGINNINGS.filter(([of]) => of === kind).map(([, beginning]) => begins(beginning))) ?? sql`false`
  if (kind !== 'change') return own
  return not(or(not(own), eq(auditEntries.action, 'flag.kill'), eq(auditEntries.action, 'flag.restore')) as SQL)
}
