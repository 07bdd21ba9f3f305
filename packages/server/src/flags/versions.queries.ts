import { and, desc, eq, isNotNull, lt } from 'drizzle-orm'
import { auditEntries } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { DomainError } from '../http/errors.ts'
import { editableOf } from './configuration.ts'
import type { Editable } from './configuration.schemas.ts'
import { type Difference, differenceBetween } from './difference.ts'
import { findConfiguration } from './flags.queries.ts'
import { describeIntention } from './sentences.ts'

export interface ConfigurationPlace {
  project: string
  flag: string
  environment: string
}

type Entry = typeof auditEntries.$inferSelect

/**
 * A configuration as it was at a version. Nothing is stored twice: each entry of the history holds what was before
 * and what came after. Throws NOT_FOUND.
 */
export async function readVersion(db: Db, where: ConfigurationPlace, version: number) {
  const { flag, environment, configuration: present } = await findConfiguration(db, where)
  const ofVersion = (wanted: number) =>
    db.query.auditEntries.findFirst({
      where: and(
        eq(auditEntries.flagId, flag.id),
        eq(auditEntries.environmentId, environment.id),
        eq(auditEntries.version, wanted),
      ),
    })
  const made = await ofVersion(version)
  const following = made || version >= present.version ? undefined : await ofVersion(version + 1)
  // The first version was made together with its flag and has no entry of its own.
  const editable = present.version === version ? present : (made?.after ?? following?.before)
  if (!editable) {
    const message = `${flag.key} in ${environment.key} has no version ${version}; the latest is ${present.version}.`
    throw new DomainError('NOT_FOUND', message)
  }
  return { ...factsOf(version, made), configuration: editableOf(editable as unknown as Editable) }
}

/** A page of the versions of a configuration, the latest first. `next` is the `before` of the following page. */
export async function listVersions(
  db: Db,
  where: ConfigurationPlace,
  { before, limit }: { before?: number | undefined; limit: number },
) {
  const { flag, environment, configuration } = await findConfiguration(db, where)
  const entries = await db
    .select()
    .from(auditEntries)
    .where(
      and(
        eq(auditEntries.flagId, flag.id),
        eq(auditEntries.environmentId, environment.id),
        isNotNull(auditEntries.version),
        before === undefined ? undefined : lt(auditEntries.version, before),
      ),
    )
    .orderBy(desc(auditEntries.version))
    .limit(limit)
  const versions = entries.map((entry) => factsOf(entry.version ?? 0, entry))
  const last = versions.at(-1)?.version ?? (before === undefined ? configuration.version + 1 : before)
  const isEnd = versions.length < limit
  // The one that came with the flag.
  if (isEnd && last > 1) versions.push({ ...factsOf(1, undefined), at: flag.createdAt.toISOString() })
  return { versions, current: configuration.version, next: isEnd ? null : last }
}

/** What lies between two versions: `after` minus `before`, and what going there would do, in words. */
export async function compareVersions(db: Db, where: ConfigurationPlace, from: number, to: number) {
  const [before, after] = [await readVersion(db, where, from), await readVersion(db, where, to)]
  return {
    from: before,
    to: after,
    will: describeIntention(where.flag, where.environment, before.configuration, after.configuration),
    difference: differenceBetween(before.configuration, after.configuration).map(toStep),
  }
}

/** A difference in time: what was, and what came. */
export function toStep({ path, yours, current }: Difference) {
  return { path, before: yours, after: current }
}

function factsOf(version: number, entry: Entry | undefined) {
  return {
    version,
    entry: entry?.id ?? null,
    at: entry?.at.toISOString() ?? null,
    by: entry?.actor.name ?? null,
    via: entry?.via ?? null,
    action: entry?.action ?? null,
    sentence: entry?.sentence ?? 'created with the flag',
    reason: entry?.reason ?? null,
    approvedBy: entry?.approvedBy?.name ?? null,
  }
}
