import { encodeKill, encodeReset } from './encode.ts'
import { createEncodedSnapshot, type EncodedSnapshot } from './encoded-snapshot.ts'
import { applyChange, type EnvironmentChange, type EnvironmentState } from './environment-state.ts'
import type { EventStream } from './event-stream.ts'
import type { FanOut } from './fan-out.ts'
import { createFollowers, type Followers } from './followers.ts'
import { encodeSmallPatch, greet, type PatchCache } from './greeting.ts'
import { createKillMemory, type KillNotice, type SentKill } from './kill-memory.ts'
import type { Position } from './position.ts'
import { type ResetPacer, receiptWindowMs } from './reset-pacer.ts'
import { segmentDeltas } from './segment-delta.ts'
import { visibleChange } from './visible-change.ts'

/** One environment: its state, its encoded forms and its open streams. Knows no database. */
export interface EnvironmentFeed {
  readonly state: EnvironmentState
  readonly snapshot: EncodedSnapshot
  readonly streams: ReadonlySet<EventStream>
  /** Streams of those who get values and no rules. */
  readonly followers: Followers
  /** Greets a stream and lets it follow. */
  open(stream: EventStream, cursor: Position | undefined): void
  leave(stream: EventStream): void
  /** Takes newer rows in and sends them. */
  advance(change: EnvironmentChange): void
  /** Takes another history and tells everybody to fetch it. */
  replace(state: EnvironmentState): void
  /** Sends a kill ahead of everything else; undefined when it, or a newer one of the flag, went out before. */
  announce(notice: KillNotice, ageMs: number): Promise<Announcement> | undefined
  /** Notes a kill that went out before this replica started. */
  remember(notice: KillNotice, ageMs: number): void
  /** The kill (or restore) of that flag and revision, if it was lately. */
  sentKill(flag: string, revision: number): SentKill | undefined
  /** Whether a stream that is lost now may be one that did not confirm. */
  killedLately(): boolean
}

/** To whom a kill went. */
export interface Announcement {
  revision: number
  /** Every stream that was open, with the milliseconds until it had the frame; null when it was gone by then. */
  deliveries: { stream: EventStream; sentMs: number | null }[]
}

export function createEnvironmentFeed(
  initial: EnvironmentState,
  fanOut: FanOut,
  pacer: ResetPacer,
  now: () => number = () => performance.now(),
): EnvironmentFeed {
  let state = initial
  let snapshot = createEncodedSnapshot(state)
  let patches: PatchCache = new Map()
  const streams = new Set<EventStream>()
  const kills = createKillMemory(now)
  const followers = createFollowers(fanOut, pacer)

  function become(next: EnvironmentState): void {
    state = next
    snapshot = createEncodedSnapshot(next)
    patches = new Map()
  }

  function killFrame({ kind, flag, revision }: KillNotice, windowMs: number): Buffer {
    return encodeKill(kind, { epoch: state.epoch, flag, revision, receipt: { windowMs } })
  }

  function resetEverybody(): void {
    const { epoch, revision } = state
    void fanOut.send('reset', encodeReset({ epoch, revision, spreadMs: pacer.forAll(streams.size) }), streams)
  }

  return {
    get state() {
      return state
    },
    get snapshot() {
      return snapshot
    },
    streams,
    followers,
    open(stream, cursor) {
      // Who was away when a kill went out is asked for a receipt now, before the patch that contains it.
      if (cursor?.epoch === state.epoch) {
        for (const kill of kills.newerThan(cursor.revision)) stream.write(killFrame(kill, 0))
      }
      stream.write(greet(state, cursor, patches, pacer.next).frame)
      streams.add(stream)
    },
    leave(stream) {
      streams.delete(stream)
    },
    advance(change) {
      const before = state
      become(applyChange(before, change))
      const frame = encodeSmallPatch(state, before.revision, segmentDeltas(before, state))
      if (frame) void fanOut.send('patch', frame, streams)
      else resetEverybody()
      // A kill that came with its row, before anybody announced it.
      for (const { key } of change.flags) tellKill(key, state.flags.get(key)?.killRevision ?? 0, before)
      followers.tell(state, visibleChange(before, state, change))
    },
    replace(next) {
      become(next)
      kills.clear()
      resetEverybody()
      followers.tell(state, 'values')
    },
    announce(notice, ageMs) {
      const held = state.flags.get(notice.flag)?.killRevision ?? 0
      if (Math.max(held, kills.lastRevision(notice.flag)) >= notice.revision) return undefined
      if (notice.kind === 'kill') tellKill(notice.flag, notice.revision, state)
      kills.add(notice, ageMs)
      return send(notice, ageMs)
    },
    remember: (notice, ageMs) => kills.add(notice, ageMs),
    sentKill: (flag, revision) => kills.find(flag, revision),
    killedLately: () => kills.size() > 0,
  }

  /** Tells browsers of a kill once, whichever of its two ways here was the faster. */
  function tellKill(key: string, revision: number, before: EnvironmentState): void {
    const flag = state.flags.get(key)
    const known = Math.max(before.flags.get(key)?.killRevision ?? 0, kills.lastRevision(key))
    if (!flag?.clientVisible || revision <= known || (state !== before && !flag.killed)) return
    followers.kill(flag, { epoch: state.epoch, revision })
  }

  async function send(notice: KillNotice, ageMs: number): Promise<Announcement> {
    const open = [...streams]
    const sentMs = new Map<EventStream, number>()
    await fanOut.send(notice.kind, killFrame(notice, receiptWindowMs(open.length)), open, {
      urgent: true,
      onSlice(written, elapsedMs) {
        for (const stream of written) sentMs.set(stream, ageMs + elapsedMs)
      },
    })
    const deliveries = open.map((stream) => ({ stream, sentMs: sentMs.get(stream) ?? null }))
    return { revision: notice.revision, deliveries }
  }
}
