import type { Condition } from '@rampart/evaluation'
import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { environments, flagConfigurations, flags, segments } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { findProject } from '../projects/projects.queries.ts'

export type SegmentRow = typeof segments.$inferSelect

/** Throws NOT_FOUND. An archived segment is found: its history stays readable. */
export async function findSegment(db: Db, project: string, key: string): Promise<SegmentRow> {
  const { id } = await findProject(db, project)
  const segment = await db.query.segments.findFirst({ where: and(eq(segments.projectId, id), eq(segments.key, key)) })
  if (!segment) throw new DomainError('NOT_FOUND', `Project "${project}" has no segment "${key}".`)
  return segment
}

/** The segments in use, with the sizes of their lists and not the lists: they may be long. */
export async function listSegments(db: Db, project: string) {
  const { id } = await findProject(db, project)
  const { included, excluded, rules } = segments
  const rows = await db
    .select({
      segment: { ...facts },
      included: sql<number>`cardinality(${included})`,
      excluded: sql<number>`cardinality(${excluded})`,
      rules: sql<number>`jsonb_array_length(${rules})`,
    })
    .from(segments)
    .where(and(eq(segments.projectId, id), isNull(segments.archivedAt)))
    .orderBy(asc(segments.key))
  return rows.map(({ segment, ...sizes }) => ({ ...factsOf(segment), ...sizes }))
}

/** A segment whole, with what names it. */
export async function readSegment(db: Db, project: string, key: string) {
  const segment = await findSegment(db, project, key)
  const { included, excluded, rules } = segment
  return { ...factsOf(segment), included, excluded, rules, usedBy: await usersOf(db, segment) }
}

/** Flags and segments whose conditions name this one. */
export async function usersOf(db: Db, { projectId, key }: Pick<SegmentRow, 'projectId' | 'key'>) {
  const naming: Condition = { op: 'segment', values: [key] }
  const rows = await db
    .select({ flag: flags.key, environment: environments.key })
    .from(flagConfigurations)
    .innerJoin(flags, eq(flags.id, flagConfigurations.flagId))
    .innerJoin(environments, eq(environments.id, flagConfigurations.environmentId))
    .where(
      and(
        eq(flags.projectId, projectId),
        isNull(flags.archivedAt),
        sql`${flagConfigurations.rules} @> ${JSON.stringify([{ conditions: [naming] }])}::text::jsonb`,
      ),
    )
    .orderBy(asc(flags.key), asc(environments.position))
  const byFlag = new Map<string, string[]>()
  for (const { flag, environment } of rows) byFlag.set(flag, [...(byFlag.get(flag) ?? []), environment])
  const others = await db
    .select({ key: segments.key })
    .from(segments)
    .where(
      and(
        eq(segments.projectId, projectId),
        isNull(segments.archivedAt),
        sql`${segments.rules} @> ${JSON.stringify([[naming]])}::text::jsonb`,
      ),
    )
    .orderBy(asc(segments.key))
  return {
    flags: [...byFlag].map(([flag, environments]) => ({ flag, environments })),
    segments: others.map((other) => other.key),
  }
}

const facts = {
  key: segments.key,
  name: segments.name,
  description: segments.description,
  version: segments.version,
  createdAt: segments.createdAt,
  updatedAt: segments.updatedAt,
  updatedBy: segments.updatedBy,
  archivedAt: segments.archivedAt,
}

function factsOf(row: Pick<SegmentRow, keyof typeof facts>) {
  const { key, name, description, version, createdAt, updatedAt, updatedBy, archivedAt } = row
  return {
    key,
    name,
    description,
    version,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    updatedBy,
    archivedAt: archivedAt?.toISOString() ?? null,
  }
}
