import { and, asc, count, desc, eq, gte, isNotNull, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import { findFlagId } from '../audit/find-flag-id.ts'
import { auditEntries, environments, flags, markers } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { ageMs } from '../flags/undo-edit.ts'
import { spanOf } from '../markers/markers.schemas.ts'
import { findEnvironment, findProject } from '../projects/projects.queries.ts'
import { findUndos } from './find-undos.ts'
import { isOfKind, kindOf } from './kinds.ts'
import { readDeliveries } from './read-deliveries.ts'
import type { TimelineItem, TimelineQuery } from './timeline.schemas.ts'

/**
 * What changed in a project, newest first: the history and the deploys as one. A filter speaks of what has the thing it
 * asks for, and leaves the rest: a deploy has no flag and a change no service, and either may be the cause. `kind` takes
 * whole sorts away.
 */
export async function readTimeline(db: Db, projectKey: string, query: TimelineQuery) {
  const project = await findProject(db, projectKey)
  const environmentId = query.environment ? (await findEnvironment(db, projectKey, query.environment)).id : undefined
  const flagId = query.flag ? await findFlagId(db, project.id, query.flag) : undefined
  const asked: Asked = { ...query, ...spanOf(query), projectId: project.id, environmentId, flagId }
  const [changes, deploys] = await Promise.all([listChanges(db, projectKey, asked), listDeploys(db, asked)])
  const all = [...changes, ...deploys].sort(newestFirst)
  const page = all.slice(0, query.limit)
  const last = page.at(-1)
  const isFirst = query.after === undefined
  return {
    from: asked.from.toISOString(),
    to: asked.to.toISOString(),
    items: page.map(({ item }) => item),
    next: all.length > query.limit && last ? `${last.item.at}_${last.source}_${last.key}` : null,
    ...(isFirst ? await summarize(db, asked) : { total: null, people: null, services: null, sources: null }),
  }
}

type Asked = Omit<TimelineQuery, 'from' | 'to'> & {
  projectId: string
  environmentId: string | undefined
  flagId: string | undefined
  from: Date
  to: Date
}

/** An item with its place in the order: of two at the same moment a change comes before a deploy. */
interface Placed {
  item: TimelineItem
  source: 'change' | 'deploy'
  key: string | number
}

function newestFirst(a: Placed, b: Placed): number {
  if (a.item.at !== b.item.at) return a.item.at < b.item.at ? 1 : -1
  if (a.source !== b.source) return a.source === 'change' ? -1 : 1
  return a.key < b.key ? 1 : -1
}

/** Where the page before ended. */
function cursorOf({ after }: Asked): { at: Date; source: string; key: string } | undefined {
  const [at, source, key] = after?.split('_') ?? []
  return at && source && key ? { at: new Date(at), source, key } : undefined
}

async function listChanges(db: Db, project: string, asked: Asked): Promise<Placed[]> {
  const rows = await db
    .select({ entry: auditEntries, environment: environments.key, flag: flags.key, ageMs: ageMs() })
    .from(auditEntries)
    .leftJoin(environments, eq(environments.id, auditEntries.environmentId))
    .leftJoin(flags, eq(flags.id, auditEntries.flagId))
    .where(and(isAskedChange(asked), changesAfter(asked)))
    .orderBy(desc(auditEntries.at), desc(auditEntries.seq))
    .limit(asked.limit + 1)
  const entries = rows.map(({ entry }) => entry)
  const kills = entries.filter(({ action }) => action === 'flag.kill')
  const [undo, deliveries] = await Promise.all([findUndos(db, asked.projectId, entries), readDeliveries(db, kills)])
  return rows.map(({ entry, environment, flag, ageMs }) => ({
    source: 'change',
    key: entry.seq,
    item: {
      id: entry.id,
      at: entry.at.toISOString(),
      kind: kindOf(entry.action),
      action: entry.action,
      sentence: entry.sentence,
      by: entry.actor.name,
      source: entry.via,
      reason: entry.reason,
      approvedBy: entry.approvedBy?.name ?? null,
      flag,
      environment,
      service: null,
      url: null,
      version: entry.version,
      revision: entry.revision,
      delivery: deliveries.get(entry.id) ?? null,
      undo: undo(entry, { project, environment, flag }, ageMs),
    },
  }))
}

function isAskedChange({ projectId, environmentId, flagId, from, to, person, source, kind }: Asked): SQL | undefined {
  return and(
    eq(auditEntries.projectId, projectId),
    gte(auditEntries.at, from),
    lte(auditEntries.at, to),
    flagId ? eq(auditEntries.flagId, flagId) : undefined,
    environmentId ? or(eq(auditEntries.environmentId, environmentId), isNull(auditEntries.environmentId)) : undefined,
    person === undefined ? undefined : sql`${auditEntries.actor} ->> 'name' = ${person}`,
    source === undefined ? undefined : sql`${auditEntries.via} = ${source}`,
    kind === undefined ? undefined : isOfKind(kind),
  )
}

function changesAfter(asked: Asked): SQL | undefined {
  const cursor = cursorOf(asked)
  if (!cursor) return undefined
  const isEarlier = lt(auditEntries.at, cursor.at)
  if (cursor.source === 'deploy') return isEarlier
  return or(isEarlier, and(eq(auditEntries.at, cursor.at), lt(auditEntries.seq, Number(cursor.key))))
}

/** To the millisecond, as the answer says it: a cursor must find its place again. */
const deployedAt = sql`date_trunc('milliseconds', ${markers.at})`

async function listDeploys(db: Db, asked: Asked): Promise<Placed[]> {
  if (asked.kind && !asked.kind.includes('deploy')) return []
  const rows = await db
    .select({ marker: markers, environment: environments.key, at: deployedAt.mapWith(markers.at) })
    .from(markers)
    .leftJoin(environments, eq(environments.id, markers.environmentId))
    .where(and(isAskedDeploy(asked), deploysAfter(asked)))
    .orderBy(desc(deployedAt), desc(markers.id))
    .limit(asked.limit + 1)
  return rows.map(({ marker, environment, at }) => ({
    source: 'deploy',
    key: marker.id,
    item: {
      id: marker.id,
      at: at.toISOString(),
      kind: 'deploy',
      action: 'deploy',
      sentence: `deployed ${marker.service ? `${marker.service} ` : ''}${marker.label}`,
      by: marker.by,
      source: marker.via,
      reason: null,
      approvedBy: null,
      flag: null,
      environment,
      service: marker.service,
      url: marker.url,
      version: null,
      revision: null,
      delivery: null,
      undo: null,
    },
  }))
}

function isAskedDeploy({ projectId, environmentId, from, to, person, source, service }: Asked): SQL | undefined {
  return and(
    eq(markers.projectId, projectId),
    gte(markers.at, from),
    lte(markers.at, to),
    environmentId ? or(eq(markers.environmentId, environmentId), isNull(markers.environmentId)) : undefined,
    person === undefined ? undefined : eq(markers.by, person),
    source === undefined ? undefined : sql`${markers.via} = ${source}`,
    service === undefined ? undefined : eq(markers.service, service),
  )
}

function deploysAfter(asked: Asked): SQL | undefined {
  const cursor = cursorOf(asked)
  if (!cursor) return undefined
  const isEarlier = sql`${deployedAt} < ${cursor.at.toISOString()}::timestamptz`
  const isSame = sql`${deployedAt} = ${cursor.at.toISOString()}::timestamptz`
  return or(isEarlier, cursor.source === 'change' ? isSame : and(isSame, lt(markers.id, cursor.key)))
}

/** How many items there are in all, and the people, services and ways that the span knows, whatever is filtered. */
async function summarize(db: Db, asked: Asked) {
  const whole: Asked = { ...asked, flagId: undefined, person: undefined, source: undefined, service: undefined }
  const span = { ...whole, kind: undefined }
  const showsDeploys = !asked.kind || asked.kind.includes('deploy')
  const actor = sql<string>`${auditEntries.actor} ->> 'name'`
  const [[changes], [deploys], actors, deployers, services] = await Promise.all([
    db.select({ n: count() }).from(auditEntries).where(isAskedChange(asked)),
    db.select({ n: count() }).from(markers).where(isAskedDeploy(asked)),
    db.selectDistinct({ name: actor, via: auditEntries.via }).from(auditEntries).where(isAskedChange(span)),
    db.selectDistinct({ name: markers.by, via: markers.via }).from(markers).where(isAskedDeploy(span)),
    db
      .selectDistinct({ name: markers.service })
      .from(markers)
      .where(and(isAskedDeploy(span), isNotNull(markers.service)))
      .orderBy(asc(markers.service)),
  ])
  const seen = [...actors, ...deployers]
  return {
    total: (changes?.n ?? 0) + (showsDeploys ? (deploys?.n ?? 0) : 0),
    people: [...new Set(seen.map(({ name }) => name))].sort(),
    services: services.flatMap(({ name }) => name ?? []),
    sources: [...new Set<string>(seen.map(({ via }) => via))].sort(),
  }
}
