import { and, eq, gt, sql } from 'drizzle-orm'
import { type ReplicaEnvironment, replicas, sdkStreams, telemetryCursors } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import { BEAT_MS } from './connected-sdks.ts'
import { judgeSdk, type Sdk } from './judge-sdk.ts'

/** A replica that was not heard of for so long holds no streams any more. */
const SILENT_MS = 3 * BEAT_MS
/** Who has been gone for longer than this is not missed. */
const SHOWN_LOST_MS = 15 * 60_000
/** Who reports and holds no stream is listed for so long after a report. */
const SHOWN_POLLING_MS = 2 * 60_000
/** Rows of an answer; laggards come first, so they are never cut off. */
const MOST_LISTED = 1_000

export interface SdkList {
  sdks: Sdk[]
  counts: {
    live: number
    behind: number
    lost: number
    polling: number
    pages: number
    ofrep: number
    anonymous: number
  }
  /** How many are not listed. */
  more: number
  replicas: { name: string; seenAt: string; revision: number | null; isSilent: boolean }[]
}

/** Every SDK process of an environment that is connected to any replica, or was until lately; laggards first. */
export async function listSdks(db: Db, environment: { id: string; epoch: string }, nowMs: number): Promise<SdkList> {
  const [beats, rows, reports] = await Promise.all([
    db.select().from(replicas),
    db.select().from(sdkStreams).where(eq(sdkStreams.environmentId, environment.id)),
    db
      .select()
      .from(telemetryCursors)
      .where(
        and(
          eq(telemetryCursors.environmentId, environment.id),
          gt(telemetryCursors.updatedAt, sql`now() - interval '1 day'`),
        ),
      ),
  ])
  const byReplica = new Map(beats.map((beat) => [beat.id, beat]))
  const reported = new Map(reports.map((report) => [report.instance, report]))
  const served = newestOf(beats.map((beat) => beat.environments[environment.id]))
  const silentSince = (replicaId: string): Date | null => {
    const beat = byReplica.get(replicaId)
    return beat && nowMs - beat.seenAt.getTime() < SILENT_MS ? null : (beat?.seenAt ?? new Date(0))
  }
  const streaming = rows.map((row) => {
    const lostAt = row.lostAt ?? silentSince(row.replicaId)
    const replica = byReplica.get(row.replicaId)?.name ?? ''
    return judgeSdk({ ...row, lostAt, replica }, reported.get(row.instance), served, environment.epoch)
  })
  const known = new Set(rows.map(({ instance }) => instance))
  const polling = reports
    .filter(({ instance, updatedAt, sdk }) => {
      const isRecent = nowMs - updatedAt.getTime() < SHOWN_POLLING_MS
      return isRecent && !known.has(instance) && !sdk.startsWith('ofrep/')
    })
    .map((report) => judgeSdk(undefined, report, served, environment.epoch))
  const shown = [...streaming, ...polling].filter(
    ({ lostAt }) => lostAt === null || nowMs - Date.parse(lostAt) < SHOWN_LOST_MS,
  )
  const order = ['lost', 'behind', 'polling', 'live']
  const sorted = shown.sort(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) || (a.name || a.instance).localeCompare(b.name || b.instance),
  )
  const alive = beats.filter(({ seenAt }) => nowMs - seenAt.getTime() < SILENT_MS)
  const unnamed = alive.flatMap((beat) => beat.environments[environment.id] ?? [])
  const count = (state: Sdk['state']) => shown.filter((sdk) => sdk.state === state).length
  const sum = (what: 'pages' | 'ofrep' | 'anonymous') => unnamed.reduce((total, counts) => total + counts[what], 0)
  return {
    sdks: sorted.slice(0, MOST_LISTED),
    counts: {
      live: count('live'),
      behind: count('behind'),
      lost: count('lost'),
      polling: count('polling'),
      pages: sum('pages'),
      ofrep: sum('ofrep'),
      anonymous: sum('anonymous'),
    },
    more: Math.max(0, sorted.length - MOST_LISTED),
    replicas: beats
      .filter(({ seenAt }) => nowMs - seenAt.getTime() < SHOWN_LOST_MS)
      .map(({ name, seenAt, environments }) => ({
        name,
        seenAt: seenAt.toISOString(),
        revision: environments[environment.id]?.revisions[0]?.[0] ?? null,
        isSilent: nowMs - seenAt.getTime() >= SILENT_MS,
      }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  }
}

/** What the replica that is furthest serves. */
function newestOf(all: (ReplicaEnvironment | undefined)[]): ReplicaEnvironment | undefined {
  const known = all.filter((one) => one !== undefined)
  return known.sort((a, b) => b.epoch.localeCompare(a.epoch) || firstOf(b) - firstOf(a))[0]
}

function firstOf({ revisions }: ReplicaEnvironment): number {
  return revisions[0]?.[0] ?? 0
}
