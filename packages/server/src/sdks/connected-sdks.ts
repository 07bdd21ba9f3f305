import { sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import { replicas, type ReplicaEnvironment } from '../db/schema/index.ts'
import type { Db } from '../db/store.ts'
import type { EnvironmentFeed } from '../delivery/environment-feed.ts'
import type { EventStream } from '../delivery/event-stream.ts'

/** Streams that open and end wait so long for company: five thousand that reconnect become a few statements. */
const GATHER_MS = 1_000
/** How often a replica says what it serves; silent for three times that, it counts as gone. */
export const BEAT_MS = 5_000
const ROWS_PER_STATEMENT = 1_000
const REVISIONS_REMEMBERED = 20
const MOST_WAITING = 50_000

/** Told of every stream of a server SDK. Never waits. */
export interface StreamRecorder {
  opened(environmentId: string, stream: EventStream, revision: number | undefined): void
  closed(environmentId: string, stream: EventStream): void
}

/** Writes down which SDKs are connected to this replica, so that each replica can list those of all. */
export interface ConnectedSdks extends StreamRecorder {
  /** Says what this replica serves. */
  beat(): Promise<void>
  close(): Promise<void>
}

export interface ConnectedSdksParts {
  db: Db
  log: Logger
  replica: { id: string; name: string }
  feeds(): Iterable<EnvironmentFeed>
}

interface OpenRow {
  environmentId: string
  instance: string
  name: string
  sdk: string
  connectedAt: number
  revision: number | null
}

interface LostRow extends Pick<OpenRow, 'environmentId' | 'instance' | 'connectedAt'> {
  lostAt: number
}

export function createConnectedSdks({ db, log, replica, feeds }: ConnectedSdksParts): ConnectedSdks {
  const since = new Map<EventStream, number>()
  const revisions = new Map<string, { epoch: string; seen: [number, number][] }>()
  let opened = new Map<string, OpenRow>()
  let lost = new Map<string, LostRow>()
  let timer: NodeJS.Timeout | undefined
  let isKnown = false
  let writing: Promise<void> = Promise.resolve()

  function plan(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      writing = writing.then(flush)
    }, GATHER_MS)
  }

  async function flush(): Promise<void> {
    const [open, gone] = [opened, lost]
    opened = new Map()
    lost = new Map()
    try {
      // Streams of a replica that nobody has heard of count as lost.
      if (!isKnown) await beat()
      for (const part of partsOf(open)) await recordOpened(db, replica.id, part)
      for (const part of partsOf(gone)) await recordLost(db, replica.id, part)
    } catch (error) {
      log.warn({ err: error }, 'the list of SDKs could not be written; trying again')
      // What came meanwhile is newer.
      if (open.size + opened.size < MOST_WAITING) opened = new Map([...open, ...opened])
      if (gone.size + lost.size < MOST_WAITING) lost = new Map([...gone, ...lost])
    }
  }

  async function beat(): Promise<void> {
    const environments: Record<string, ReplicaEnvironment> = {}
    for (const feed of feeds()) {
      const { id, epoch, revision } = feed.state
      const known = revisions.get(id)
      const seen = known?.epoch === epoch ? known.seen : []
      if (seen[0]?.[0] !== revision) seen.unshift([revision, Date.now()])
      seen.length = Math.min(seen.length, REVISIONS_REMEMBERED)
      revisions.set(id, { epoch, seen })
      environments[id] = { epoch, revisions: seen, ...countUnnamed(feed) }
    }
    const { id, name } = replica
    await db
      .insert(replicas)
      .values({ id, name, environments })
      .onConflictDoUpdate({ target: replicas.id, set: { environments, seenAt: sql`now()` } })
    isKnown = true
    if (opened.size + lost.size > 0) plan()
  }

  const beating = setInterval(() => {
    writing = writing
      .then(beat)
      .catch((error: unknown) => log.debug({ err: error }, 'this replica could not say that it lives'))
  }, BEAT_MS)
  beating.unref()

  return {
    opened(environmentId, stream, revision = undefined) {
      const { instance, name, sdk } = stream.client
      if (instance === undefined) return
      const connectedAt = Date.now()
      since.set(stream, connectedAt)
      const row = { environmentId, instance, name, sdk, connectedAt, revision: revision ?? null }
      opened.set(`${environmentId} ${instance}`, row)
      plan()
    },
    closed(environmentId, stream) {
      const { instance } = stream.client
      const connectedAt = since.get(stream)
      since.delete(stream)
      if (instance === undefined || connectedAt === undefined) return
      lost.set(`${environmentId} ${instance}`, { environmentId, instance, connectedAt, lostAt: Date.now() })
      plan()
    },
    beat,
    async close() {
      clearInterval(beating)
      clearTimeout(timer)
      writing = writing.then(flush)
      await writing
      clearTimeout(timer)
    },
  }
}

function countUnnamed({
  followers,
  streams,
}: EnvironmentFeed): Pick<ReplicaEnvironment, 'pages' | 'ofrep' | 'anonymous'> {
  const counts = { pages: 0, ofrep: 0, anonymous: 0 }
  for (const { client } of followers) counts[client.sdk === 'browser' ? 'pages' : 'ofrep'] += 1
  for (const { client } of streams) if (client.instance === undefined) counts.anonymous += 1
  return counts
}

/** Sorted by key, so that replicas lock the rows of the same instances in one order. */
function partsOf<Row>(rows: Map<string, Row>): Row[][] {
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  const parts: Row[][] = []
  for (let at = 0; at < sorted.length; at += ROWS_PER_STATEMENT) parts.push(sorted.slice(at, at + ROWS_PER_STATEMENT))
  return parts
}

async function recordOpened(db: Db, replicaId: string, rows: OpenRow[]): Promise<void> {
  await db.execute(sql`
    insert into sdk_streams as held (environment_id, instance, name, sdk, replica_id, connected_at, revision)
    select given."environmentId", given.instance, given.name, given.sdk, ${replicaId}::uuid,
      to_timestamp(given."connectedAt" / 1000.0), given.revision
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as given("environmentId" uuid, instance text, name text,
      sdk text, "connectedAt" bigint, revision bigint)
    on conflict (environment_id, instance) do update set name = excluded.name, sdk = excluded.sdk,
      replica_id = excluded.replica_id, connected_at = excluded.connected_at, revision = excluded.revision, lost_at = null`)
}

/** Only of that very stream: the SDK may be connected anew, here or elsewhere. */
async function recordLost(db: Db, replicaId: string, rows: LostRow[]): Promise<void> {
  await db.execute(sql`
    update sdk_streams as held set lost_at = to_timestamp(given."lostAt" / 1000.0)
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as given("environmentId" uuid, instance text,
      "connectedAt" bigint, "lostAt" bigint)
    where held.environment_id = given."environmentId" and held.instance = given.instance
      and held.replica_id = ${replicaId}::uuid and held.connected_at <= to_timestamp(given."connectedAt" / 1000.0)`)
}

/** Deletes what nobody looks at any more. */
export async function forgetOldStreams(db: Db): Promise<void> {
  await db.execute(sql`
    delete from sdk_streams where lost_at < now() - interval '1 day'
      or replica_id not in (select id from replicas where seen_at > now() - interval '1 day')`)
}
