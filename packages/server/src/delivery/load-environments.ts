import { and, eq, lt, or, sql } from 'drizzle-orm'
import type { Logger } from 'pino'
import { decodeTime, ulid } from 'ulid'
import { environments } from '../db/schema/index.ts'
import { type Db, NOTIFY_CHANNEL } from '../db/store.ts'
import { createEnvironmentFeed, type EnvironmentFeed } from './environment-feed.ts'
import type { EnvironmentState } from './environment-state.ts'
import { compareHistories } from './epoch-guard.ts'
import type { FanOut } from './fan-out.ts'
import { KILL_MEMORY_MS, type KillNotice } from './kill-memory.ts'
import type { Position } from './position.ts'
import type { Quarantine } from './quarantine.ts'
import { type EnvironmentRead, readChanges } from './read-environment.ts'
import type { ResetPacer } from './reset-pacer.ts'

/** Below every revision: reads everything. */
const FROM_THE_START = -1

export interface LoaderParts {
  db: Db
  log: Logger
  quarantine: Quarantine
  fanOut: FanOut
  pacer: ResetPacer
  /** How long the database may stay behind what was served before its history counts as lost. */
  patienceMs: number
  now: () => number
}

/** Called for each kill found in changed rows, before the patch that contains it goes out. */
type OnKillFound = (kill: KillNotice, ageMs: number) => void

interface Refreshed {
  feed: EnvironmentFeed
  /** Keys of the flags that changed; empty when nothing did. */
  changed: string[]
}

/** Brings feeds up to what the database says. Throws what the database throws; the feed then stays as it is. */
export interface EnvironmentLoader {
  /** Loads an environment, or brings its feed up to date. Undefined when the database does not have it. */
  refresh(id: string, feed: EnvironmentFeed | undefined, onKillFound: OnKillFound): Promise<Refreshed | undefined>
  /** The feed of an environment from this replica's own copy, until the database is asked. */
  fromCopy(state: EnvironmentState): EnvironmentFeed
  /** Whether a position from a poll asks for a refresh. */
  concerns(id: string, feed: EnvironmentFeed | undefined, seen: Position): boolean
}

export function createEnvironmentLoader(parts: LoaderParts): EnvironmentLoader {
  const { db, log, quarantine, now } = parts
  /** Environments for which the database is behind what we served, and since when. */
  const aheadSince = new Map<string, number>()

  function compare(environmentId: string, served: Position, seen: Position) {
    const finding = compareHistories(served, seen, aheadSince.get(environmentId), now(), parts.patienceMs)
    if (finding !== 'ahead') aheadSince.delete(environmentId)
    else if (!aheadSince.has(environmentId)) {
      aheadSince.set(environmentId, now())
      log.warn({ environmentId, served, seen }, 'the database is behind what was served; waiting for it to catch up')
    }
    return finding
  }

  async function load(environmentId: string, known: EnvironmentFeed | undefined): Promise<Refreshed | undefined> {
    const read = await readChanges(db, environmentId, FROM_THE_START)
    if (!read) return undefined
    const state = toState(environmentId, read, quarantine, known?.state)
    const feed = known ?? createEnvironmentFeed(state, parts.fanOut, parts.pacer, now)
    if (known) known.replace(state)
    for (const kill of killsIn(read)) if (kill.ageMs < KILL_MEMORY_MS) feed.remember(kill, kill.ageMs)
    return { feed, changed: known ? [...state.flags.keys()] : [] }
  }

  return {
    fromCopy: (state) => createEnvironmentFeed(state, parts.fanOut, parts.pacer, now),
    concerns(environmentId, feed, seen) {
      if (!feed) return true
      const finding = compare(environmentId, feed.state, seen)
      // `lost` is found again, and acted upon, by the refresh.
      if (finding === 'lost') aheadSince.set(environmentId, Number.NEGATIVE_INFINITY)
      return finding !== 'current' && finding !== 'ahead'
    },
    async refresh(environmentId, feed, onKillFound) {
      if (!feed) return load(environmentId, undefined)
      const served = feed.state
      const read = await readChanges(db, environmentId, served.revision)
      if (!read) return undefined
      switch (compare(environmentId, served, read)) {
        case 'current':
        case 'ahead':
          return { feed, changed: [] }
        case 'replaced':
          return load(environmentId, feed)
        case 'lost':
          await renewEpoch(db, environmentId, served, read)
          log.error({ environmentId, served }, 'the database lost changes that were served: a new epoch is set')
          return load(environmentId, feed)
        case 'behind': {
          // Their notification may be lost: a kill never waits for its patch.
          for (const kill of killsIn(read)) if (kill.revision > served.revision) onKillFound(kill, kill.ageMs)
          const change = quarantine.take(environmentId, read, served)
          feed.advance(change)
          return { feed, changed: [...change.flags, ...change.removedFlags].map((flag) => flag.key) }
        }
      }
    },
  }
}

function toState(
  id: string,
  read: EnvironmentRead,
  quarantine: Quarantine,
  known: EnvironmentState | undefined,
): EnvironmentState {
  const { flags, removedFlags, segments, removedSegments } = quarantine.take(id, read, known)
  const { epoch, revision, projectId, project, environment, linkKey } = read
  return {
    id,
    projectId,
    project,
    environment,
    linkKey,
    epoch,
    revision,
    flags: new Map(flags.map((flag) => [flag.key, flag])),
    removedFlags: new Map(removedFlags.map((flag) => [flag.key, flag.revision])),
    segments: new Map(segments.map((segment) => [segment.key, segment])),
    removedSegments: new Map(removedSegments.map((segment) => [segment.key, segment.revision])),
  }
}

function killsIn(read: EnvironmentRead): (KillNotice & { ageMs: number })[] {
  return read.rows
    .filter((row) => row.killRevision > 0)
    .map(({ key, killed, killRevision, killAgeMs }) => ({
      kind: killed ? 'kill' : 'restore',
      flag: key,
      revision: killRevision,
      ageMs: killAgeMs ?? 0,
    }))
}

/**
 * Starts a new history by compare-and-set: of several replicas that find the same loss one wins, and a database that
 * caught up meanwhile keeps its epoch.
 */
async function renewEpoch(db: Db, environmentId: string, served: Position, seen: Position): Promise<void> {
  // Larger than what was served even if our clock is behind the one that made that epoch.
  const epoch = ulid(Math.max(Date.now(), decodeTime(served.epoch) + 1))
  await db.transaction(async (tx) => {
    await tx
      .update(environments)
      .set({ epoch })
      .where(
        and(
          eq(environments.id, environmentId),
          eq(environments.epoch, seen.epoch),
          or(lt(environments.epoch, served.epoch), lt(environments.revision, served.revision)),
        ),
      )
    await tx.execute(sql`select pg_notify(${NOTIFY_CHANNEL}, ${`${environmentId}:${Math.max(1, seen.revision)}`})`)
  })
}
