import { type Condition, compileSegment, type SegmentDocument } from '@rampart/evaluation'
import { and, eq, isNull } from 'drizzle-orm'
import { segments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { keepWithin } from '../flags/limits.ts'
import { type InputProblem, invalidInput } from '../http/errors.ts'

/** What of a segment decides who belongs to it. */
export interface Membership {
  key: string
  included: string[]
  excluded: string[]
  rules: Condition[][]
}

/**
 * Everything about a segment that a schema cannot know: that the segments it names exist and do not lead back to it,
 * its limits, and that SDKs can read it. Throws INVALID_INPUT, LIMIT_EXCEEDED.
 */
export async function checkSegment(db: Db, projectId: string, segment: Membership): Promise<void> {
  keepWithin(
    'SEGMENT_KEYS',
    segment.included.length + segment.excluded.length,
    'Keys of this segment',
    'Put larger groups into an attribute and test that in a rule.',
  )
  const others = new Map((await readRules(db, projectId)).map((row) => [row.key, row.rules]))
  others.set(segment.key, segment.rules)
  const problems = segment.rules.flatMap((group, at) => checkGroup(segment.key, group, `rules[${at}]`, others))
  if (problems.length > 0) throw invalidInput(problems)
  const nobody = (key: string) => compileSegment({ key, included: [], excluded: [], rules: [], revision: 0 }, nothing)
  const document: SegmentDocument = { ...segment, revision: 0 }
  const { problem } = compileSegment(document, (key) => (others.has(key) ? nobody(key) : undefined))
  if (problem !== undefined) throw invalidInput([{ path: 'rules', message: `SDKs could not read this: ${problem}.` }])
}

const nothing = () => undefined

function readRules(db: Db, projectId: string) {
  return db
    .select({ key: segments.key, rules: segments.rules })
    .from(segments)
    .where(and(eq(segments.projectId, projectId), isNull(segments.archivedAt)))
}

function checkGroup(
  own: string,
  group: Condition[],
  path: string,
  others: ReadonlyMap<string, Condition[][]>,
): InputProblem[] {
  return group.flatMap((condition, at) => {
    if (condition.op !== 'segment') return []
    return condition.values.flatMap((key, index) => {
      const where = `${path}[${at}].values[${index}]`
      if (!others.has(key)) return [{ path: where, message: `There is no segment "${key}".` }]
      if (!leadsTo(key, own, others)) return []
      return [{ path: where, message: `Segment "${key}" is made of "${own}" itself: that would be a circle.` }]
    })
  })
}

function leadsTo(from: string, to: string, others: ReadonlyMap<string, Condition[][]>): boolean {
  // Grows while it is walked: every segment is looked at once.
  const seen = new Set([from])
  for (const key of seen) {
    if (key === to) return true
    for (const condition of others.get(key)?.flat() ?? []) {
      if (condition.op === 'segment') for (const next of condition.values) seen.add(next)
    }
  }
  return false
}
