import type { FlagDocument } from '@rampart/evaluation'
import { encodeClientKill, encodeCurrent, encodeOfrepRefetch, encodeRefetch, HEARTBEAT } from './encode.ts'
import type { EnvironmentState } from './environment-state.ts'
import type { EventStream } from './event-stream.ts'
import type { FanOut } from './fan-out.ts'
import type { Position } from './position.ts'
import type { ResetPacer } from './reset-pacer.ts'
import type { VisibleChange } from './visible-change.ts'

/**
 * Who follows without ever seeing a rule: browsers with our own client, and OFREP clients in a browser or on a server.
 * They are told that something changed and ask for values.
 */
export const AUDIENCES = ['browser', 'ofrep-browser', 'ofrep-server'] as const
export type Audience = (typeof AUDIENCES)[number]

/** The value streams of one environment. */
export interface Followers extends Iterable<EventStream> {
  /** Greets a stream with the position it starts from, so that a page knows whether what it holds is older. */
  open(audience: Audience, stream: EventStream, position: Position): void
  leave(stream: EventStream): void
  /** Sends them to ask again; browsers only where what they may know has changed. */
  tell(state: EnvironmentState, change: VisibleChange): void
  /** A kill carries its value, so that nobody with our own client has to ask. */
  kill(flag: FlagDocument, position: Position): void
}

export function createFollowers(fanOut: FanOut, pacer: ResetPacer): Followers {
  const streams = new Map<Audience, Set<EventStream>>(AUDIENCES.map((audience) => [audience, new Set()]))
  const of = (audience: Audience) => streams.get(audience) as Set<EventStream>

  function* all(): Generator<EventStream> {
    for (const some of streams.values()) yield* some
  }

  return {
    [Symbol.iterator]: all,
    open(audience, stream, position) {
      // OFREP knows one event only. Its streams get a beat: the head alone stays in some proxies until a body begins.
      stream.write(audience === 'browser' ? encodeCurrent(position) : HEARTBEAT)
      of(audience).add(stream)
    },
    leave(stream) {
      for (const some of streams.values()) some.delete(stream)
    },
    tell(state, change) {
      const refetch = encodeOfrepRefetch(state)
      if (of('ofrep-server').size > 0) void fanOut.send('refetch', refetch, of('ofrep-server'))
      if (change === 'none') return
      if (of('ofrep-browser').size > 0) void fanOut.send('refetch', refetch, of('ofrep-browser'))
      const browsers = of('browser')
      if (change === 'kills' || browsers.size === 0) return
      void fanOut.send('refetch', encodeRefetch(state, pacer.forAll(browsers.size)), browsers)
    },
    kill(flag, position) {
      if (of('browser').size === 0) return
      void fanOut.send('kill', encodeClientKill(flag, position), of('browser'), { urgent: true })
    },
  }
}
