import type { Condition } from '@rampart/evaluation'
import { and, eq } from 'drizzle-orm'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { segmentRevisions, segments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { environmentIds } from '../flags/create-flag.ts'
import { DomainError, violatedConstraint } from '../http/errors.ts'
import { checkPatterns } from '../patterns/check-conditions.ts'
import { lockProject } from '../projects/projects.queries.ts'
import { checkSegment } from './check-segment.ts'
import { normalisedKeys, patternLists, summaryOf } from './membership.ts'
import type { NewSegment } from './segments.schemas.ts'

/** Creates a segment in every environment. Throws KEY_TAKEN, KEY_ARCHIVED, INVALID_INPUT, LIMIT_EXCEEDED. */
export async function createSegment(db: Db, projectKey: string, input: NewSegment, acting: Acting): Promise<void> {
  const { key, name, description } = input
  const rules = input.rules as Condition[][]
  await checkPatterns(patternLists(rules))
  try {
    await inTransaction(db, async (tx) => {
      const project = await lockProject(tx, projectKey, 'share')
      await refuseUsedKey(tx, project.id, key)
      const membership = {
        key,
        included: normalisedKeys(input.included),
        excluded: normalisedKeys(input.excluded),
        rules,
      }
      await checkSegment(tx, project.id, membership)
      const [segment] = await tx
        .insert(segments)
        .values({ projectId: project.id, name, description, ...membership, updatedBy: acting.actor.name })
        .returning({ id: segments.id })
      if (!segment) throw new Error('The segment was not written.')
      const change = {
        projectId: project.id,
        environmentId: null,
        flagId: null,
        action: 'segment.create',
        sentence: `created the segment ${key}`,
        before: null,
        after: summaryOf({ ...membership, name, description }),
        version: 1,
      }
      await recordChange(tx, change, acting, await environmentIds(tx, project.id), async (revisions) => {
        const rows = [...revisions].map(([environmentId, revision]) => ({
          segmentId: segment.id,
          environmentId,
          revision,
        }))
        if (rows.length > 0) await tx.insert(segmentRevisions).values(rows)
      })
    })
  } catch (error) {
    // Somebody else created it between our look and our insert.
    if (violatedConstraint(error) === 'segments_project_key') throw keyTaken(key)
    throw error
  }
}

async function refuseUsedKey(tx: Db, projectId: string, key: string): Promise<void> {
  const used = await tx.query.segments.findFirst({
    columns: { archivedAt: true },
    where: and(eq(segments.projectId, projectId), eq(segments.key, key)),
  })
  if (!used) return
  if (!used.archivedAt) throw keyTaken(key)
  throw new DomainError('KEY_ARCHIVED', `"${key}" belonged to a segment that was archived. Choose another key.`)
}

function keyTaken(key: string): DomainError {
  return new DomainError('KEY_TAKEN', `There is a segment "${key}" already. Choose another key.`)
}
