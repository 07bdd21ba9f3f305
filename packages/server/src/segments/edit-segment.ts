import type { Condition, JsonValue } from '@rampart/evaluation'
import { and, eq } from 'drizzle-orm'
import { sameJson } from '../audit/canonical-json.ts'
import { type Acting, recordChange } from '../audit/record-change.ts'
import { segmentRevisions, segments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { inTransaction } from '../db/transaction.ts'
import { environmentIds } from '../flags/create-flag.ts'
import { differenceBetween } from '../flags/difference.ts'
import { DomainError } from '../http/errors.ts'
import { checkPatterns } from '../patterns/check-conditions.ts'
import { checkSegment } from './check-segment.ts'
import { describeSegmentArchive, describeSegmentEdit } from './describe-segment.ts'
import { normalisedKeys, patternLists, summaryOf } from './membership.ts'
import { findSegment, type SegmentRow, usersOf } from './segments.queries.ts'
import type { SegmentKeys, SegmentPatch } from './segments.schemas.ts'

export interface SegmentPlace {
  project: string
  segment: string
}

/** Merges a patch, lists whole. Nothing changed writes nothing. Throws STALE_VERSION, ARCHIVED, INVALID_INPUT, LIMIT_EXCEEDED. */
export async function editSegment(
  db: Db,
  where: SegmentPlace,
  version: number,
  patch: Omit<SegmentPatch, 'reason'>,
  acting: Acting,
): Promise<void> {
  const rules = patch.rules as Condition[][] | undefined
  await checkPatterns(patternLists(rules ?? []))
  await inTransaction(db, async (tx) => {
    const before = await lockSegment(tx, where)
    const after: SegmentRow = {
      ...before,
      name: patch.name ?? before.name,
      description: patch.description ?? before.description,
      included: patch.included ? normalisedKeys(patch.included) : before.included,
      excluded: patch.excluded ? normalisedKeys(patch.excluded) : before.excluded,
      rules: rules ?? before.rules,
    }
    if (before.version !== version) throw staleVersion(version, before, after)
    await write(tx, before, after, 'segment.edit', describeSegmentEdit(before, after), acting)
  })
}

/** Adds and removes included keys. It needs no version: two people who add somebody do not disturb each other. */
export async function changeSegmentKeys(
  db: Db,
  where: SegmentPlace,
  { add, remove }: Pick<SegmentKeys, 'add' | 'remove'>,
  acting: Acting,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const before = await lockSegment(tx, where)
    const removed = new Set(remove)
    const included = normalisedKeys([...before.included.filter((key) => !removed.has(key)), ...add])
    const after = { ...before, included }
    await write(tx, before, after, 'segment.keys', describeSegmentEdit(before, after), acting)
  })
}

/** Takes a segment out of every environment. Throws IN_USE with what still names it. A second time changes nothing. */
export async function archiveSegment(db: Db, where: SegmentPlace, acting: Acting): Promise<void> {
  await inTransaction(db, async (tx) => {
    const found = await findSegment(tx, where.project, where.segment)
    if (found.archivedAt) return
    const before = await lockSegment(tx, where)
    const users = await usersOf(tx, before)
    const names = [...users.flags.map(({ flag }) => `flag ${flag}`), ...users.segments.map((key) => `segment ${key}`)]
    if (names.length > 0) {
      const message = `"${before.key}" is still used by ${names.join(', ')}. Take it out of their rules first.`
      throw new DomainError('IN_USE', message, { details: users })
    }
    const after = { ...before, archivedAt: new Date() }
    await write(tx, before, after, 'segment.archive', describeSegmentArchive(before.key), acting)
  })
}

async function lockSegment(tx: Db, where: SegmentPlace): Promise<SegmentRow> {
  const { id } = await findSegment(tx, where.project, where.segment)
  const [segment] = await tx.select().from(segments).where(eq(segments.id, id)).for('update')
  if (!segment || segment.archivedAt) {
    throw new DomainError('ARCHIVED', `Segment "${where.segment}" is archived: nothing of it changes any more.`)
  }
  return segment
}

async function write(
  tx: Db,
  before: SegmentRow,
  after: SegmentRow,
  action: string,
  sentence: string,
  acting: Acting,
): Promise<void> {
  if (sameJson(summaryWithKeys(before), summaryWithKeys(after))) return
  if (!after.archivedAt) await checkSegment(tx, before.projectId, after)
  const version = before.version + 1
  const change = {
    projectId: before.projectId,
    environmentId: null,
    flagId: null,
    action,
    sentence,
    before: keyed(before),
    after: after.archivedAt ? { archivedAt: after.archivedAt.toISOString() } : keyed(after),
    version,
  }
  await recordChange(tx, change, acting, await environmentIds(tx, before.projectId), async (revisions) => {
    const { name, description, included, excluded, rules, archivedAt } = after
    await tx
      .update(segments)
      .set({
        name,
        description,
        included,
        excluded,
        rules,
        archivedAt,
        version,
        updatedAt: new Date(),
        updatedBy: acting.actor.name,
      })
      .where(eq(segments.id, before.id))
    for (const [environmentId, revision] of revisions) {
      await tx
        .update(segmentRevisions)
        .set({ revision })
        .where(and(eq(segmentRevisions.segmentId, before.id), eq(segmentRevisions.environmentId, environmentId)))
    }
  })
}

/** With its key, so that whoever undoes it knows which one it was. */
function keyed(segment: SegmentRow): JsonValue {
  return { key: segment.key, ...(summaryOf(segment) as Record<string, JsonValue>) }
}

function summaryWithKeys({ name, description, included, excluded, rules, archivedAt }: SegmentRow): JsonValue {
  return { name, description, included, excluded, rules, archived: archivedAt !== null } as unknown as JsonValue
}

function staleVersion(version: number, current: SegmentRow, after: SegmentRow): DomainError {
  const etag = `"v${current.version}"`
  const message = `Somebody changed this meanwhile: you started from "v${version}", it is now ${etag}. Look at the difference, then save again with If-Match: ${etag}.`
  const difference = differenceBetween(summaryOf(after), summaryOf(current))
  return new DomainError('STALE_VERSION', message, { details: { etag, difference } })
}
