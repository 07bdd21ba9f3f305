import type { FlagDocument, IndividualTarget, Prerequisite, SegmentDocument } from '@rampart/evaluation'
import { and, eq, gt, inArray, isNotNull, sql } from 'drizzle-orm'
import { union } from 'drizzle-orm/pg-core'
import type { Db } from '../db/store.ts'
import {
  environments,
  flagConfigurations,
  flagKills,
  flags,
  projects,
  qaLinkKeys,
  ramps,
  segmentRevisions,
  segments,
} from '../db/schema/index.ts'
import { isCounted } from '../ramps/move-ramp.ts'
import { unfinishedRampOf } from '../ramps/ramp-now.ts'
import type { Position } from './position.ts'

/** A flag in one environment as it lies in the database. JSON columns hold whatever somebody wrote there. */
export interface FlagRow extends Omit<FlagDocument, 'prerequisites' | 'targets' | 'clientVisible'> {
  prerequisites: Prerequisite[]
  targets: IndividualTarget[]
  clientVisible: boolean
  archived: boolean
  /** Milliseconds since the last kill or restore, by the database's clock; null for never. */
  killAgeMs: number | null
}

/** A segment as it lies in the database. */
export interface SegmentRow extends SegmentDocument {
  archived: boolean
}

export interface EnvironmentRead extends Position {
  projectId: string
  project: string
  environment: string
  /** Public key that checks QA links; null before the first link. */
  linkKey: string | null
  rows: FlagRow[]
  segments: SegmentRow[]
}

/** Where every environment stands, and whether the database takes changes. The truth that a lost notification cannot hide; cheap enough for every second. */
export function readPositions(db: Db): Promise<(Position & { id: string; readOnly: boolean })[]> {
  return db
    .select({
      id: environments.id,
      epoch: environments.epoch,
      revision: environments.revision,
      readOnly: sql<boolean>`current_setting('transaction_read_only') = 'on'`,
    })
    .from(environments)
}

/**
 * The rows of an environment newer than `from`, with the position they are complete for. Flags and position come from one
 * statement, because one statement sees one moment: read apart they could miss a change for ever. Segments are read after
 * it, so all up to that position are seen; one that is newer already comes once more with the next read. Undefined when
 * there is no such environment.
 */
export async function readChanges(db: Db, environmentId: string, from: number): Promise<EnvironmentRead | undefined> {
  const changed = union(
    db
      .select({ id: flagConfigurations.flagId })
      .from(flagConfigurations)
      .where(and(eq(flagConfigurations.environmentId, environmentId), gt(flagConfigurations.revision, from))),
    db
      .select({ id: flagKills.flagId })
      .from(flagKills)
      .where(and(eq(flagKills.environmentId, environmentId), gt(flagKills.revision, from))),
  )
  const found = await db
    .select({
      position: {
        epoch: environments.epoch,
        revision: environments.revision,
        projectId: environments.projectId,
        project: projects.key,
        environment: environments.key,
        linkKey: qaLinkKeys.publicKey,
      },
      flag: flags,
      configuration: flagConfigurations,
      kill: flagKills,
      // The state first: drizzle takes an object whose first column is null for a row that is not there.
      ramp: { state: ramps.state, step: ramps.step, rule: ramps.rule },
      killAgeMs: sql<string | null>`extract(epoch from clock_timestamp() - ${flagKills.at}) * 1000`,
    })
    .from(environments)
    .innerJoin(projects, eq(projects.id, environments.projectId))
    .leftJoin(qaLinkKeys, eq(qaLinkKeys.environmentId, environments.id))
    .leftJoin(
      flagConfigurations,
      and(eq(flagConfigurations.environmentId, environments.id), inArray(flagConfigurations.flagId, changed)),
    )
    .leftJoin(flags, eq(flags.id, flagConfigurations.flagId))
    .leftJoin(
      flagKills,
      and(
        isNotNull(flagConfigurations.flagId),
        eq(flagKills.flagId, flagConfigurations.flagId),
        eq(flagKills.environmentId, environments.id),
      ),
    )
    .leftJoin(ramps, unfinishedRampOf(flagConfigurations))
    .where(eq(environments.id, environmentId))
  const [first] = found
  if (!first) return undefined
  return { ...first.position, rows: found.flatMap(toRow), segments: await readSegments(db, environmentId, from) }
}

function readSegments(db: Db, environmentId: string, from: number): Promise<SegmentRow[]> {
  return db
    .select({
      key: segments.key,
      included: segments.included,
      excluded: segments.excluded,
      rules: segments.rules,
      revision: segmentRevisions.revision,
      archived: sql<boolean>`${segments.archivedAt} is not null`,
    })
    .from(segmentRevisions)
    .innerJoin(segments, eq(segments.id, segmentRevisions.segmentId))
    .where(and(eq(segmentRevisions.environmentId, environmentId), gt(segmentRevisions.revision, from)))
}

type Found = {
  flag: typeof flags.$inferSelect | null
  configuration: typeof flagConfigurations.$inferSelect | null
  kill: typeof flagKills.$inferSelect | null
  ramp: Pick<typeof ramps.$inferSelect, 'rule' | 'state' | 'step'> | null
  killAgeMs: string | null
}

function toRow({ flag, configuration, kill, ramp, killAgeMs }: Found): FlagRow[] {
  if (!flag || !configuration) return []
  return [
    {
      key: flag.key,
      type: flag.type,
      salt: flag.salt,
      variants: flag.variants,
      offVariant: configuration.offVariant,
      on: configuration.on,
      killed: kill?.killed ?? false,
      killRevision: kill?.revision ?? 0,
      prerequisites: configuration.prerequisites,
      targets: configuration.targets,
      rules: configuration.rules,
      defaultServe: configuration.defaultServe,
      clientVisible: flag.clientVisible,
      ...(ramp && isCounted(ramp) ? { ramp: { rule: ramp.rule } } : {}),
      allocation: configuration.allocation,
      revision: Math.max(configuration.revision, kill?.revision ?? 0),
      archived: flag.archivedAt !== null,
      killAgeMs: killAgeMs === null ? null : Math.max(0, Number(killAgeMs)),
    },
  ]
}
