import type { ServerResponse } from 'node:http'
import { encodeEvent, HEARTBEAT } from './encode.ts'
import { EventStream, type StreamLimits } from './event-stream.ts'
import type { FanOut } from './fan-out.ts'

/** A screen reconnects by itself, and must then show its credential again: it may have ended since. */
const LIFETIME_MS = 10 * 60_000

/** What a screen is told; it asks the API for the rest. */
interface ScreenChange {
  environment: string
  revision: number
  flags: string[]
}

/** The event streams of admin screens, by project. */
export interface Screens {
  open(projectId: string, credentialId: string, response: ServerResponse): void
  tell(projectId: string, change: ScreenChange): void
  streams(): Iterable<EventStream>
  count(): number
}

export function createScreens(fanOut: FanOut, limits: StreamLimits): Screens {
  const byProject = new Map<string, Set<EventStream>>()
  let count = 0

  return {
    open(projectId, credentialId, response) {
      const streams = byProject.get(projectId) ?? new Set()
      byProject.set(projectId, streams)
      const client = { instance: undefined, name: '', sdk: '', credentialId, origin: undefined }
      const onClose = (stream: EventStream) => {
        clearTimeout(lifetime)
        streams.delete(stream)
        count--
      }
      const stream = new EventStream(response, client, onClose, limits)
      const lifetime = setTimeout(() => stream.end(), LIFETIME_MS)
      count++
      streams.add(stream)
      stream.write(HEARTBEAT)
    },
    tell(projectId, change) {
      const streams = byProject.get(projectId)
      if (streams?.size) void fanOut.send('change', encodeEvent('change', JSON.stringify(change)), streams)
    },
    *streams() {
      for (const streams of byProject.values()) yield* streams
    },
    count: () => count,
  }
}
