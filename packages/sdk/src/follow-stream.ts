import { bodyChunks } from './body-chunks.ts'
import { isSilent, SILENT_AFTER_HEARTBEATS } from './connection-table.ts'
import { createStreamReader, type StreamHandlers } from './read-stream.ts'
import { askService, RequestFailure, type ServiceAddress, unref } from './service.ts'

/** A stream says something as soon as it is open. Behind a proxy that buffers it does not. */
const FIRST_WORD_MS = 10_000
/** What a process that slept may find waiting in its socket is read within this time. */
const WAKE_UP_MS = 100

const SILENT = new RequestFailure('failed', 'the stream fell silent')
/** It alone comes back, not everybody: no need to wait for long. */
const SLEPT = new RequestFailure('failed', 'the stream ended while this process slept', 0)

export interface StreamRequest extends StreamHandlers {
  service: ServiceAddress
  /** `epoch.revision` to go on from. */
  lastEventId: string | undefined
  heartbeatMs: number
  /** Aborted by the caller to drop the stream, and from here when it falls silent. */
  attempt: AbortController
}

/**
 * Opens the stream and hands on what it says, until it ends.
 * @throws RequestFailure when it cannot be had, ends, or falls silent; MalformedEvent when it cannot be read
 */
export async function followStream(request: StreamRequest): Promise<never> {
  const { service, lastEventId, heartbeatMs, attempt, onHeard, onRetry, onEvent } = request
  const { signal } = attempt
  const response = await askService(service, {
    path: '/sdk/v1/stream',
    headers: { Accept: 'text/event-stream', 'Last-Event-ID': lastEventId },
    signal,
  })
  if (!response.headers.get('Content-Type')?.includes('text/event-stream')) {
    throw new RequestFailure('failed', 'the service (or a proxy before it) does not answer with an event stream')
  }
  let watch: ReturnType<typeof setTimeout> | undefined
  let heardLastAt = performance.now()
  let watchDueAt = 0
  let hasOverslept = false
  const watchAfter = (ms: number) => {
    watchDueAt = performance.now() + ms
    watch = unref(setTimeout(watchSilence, ms))
  }
  function watchSilence(): void {
    const now = performance.now()
    if (!isSilent(heardLastAt, now, heartbeatMs)) {
      hasOverslept = false
      watchAfter(heartbeatMs * SILENT_AFTER_HEARTBEATS - (now - heardLastAt))
    } else if (!hasOverslept && now - watchDueAt >= heartbeatMs) {
      // This process was frozen, or too busy to look: the silence was its own, and what was said waits in the socket.
      hasOverslept = true
      watchAfter(WAKE_UP_MS)
    } else {
      attempt.abort(hasOverslept ? SLEPT : SILENT)
    }
  }
  const mute = new RequestFailure('failed', 'the stream opened and said nothing')
  watch = unref(setTimeout(() => attempt.abort(mute), FIRST_WORD_MS))
  let isFirst = true
  const feed = createStreamReader({
    onHeard() {
      heardLastAt = performance.now()
      if (isFirst) {
        isFirst = false
        clearTimeout(watch)
        watchSilence()
      }
      if (!signal.aborted) onHeard()
    },
    onRetry,
    onEvent(event) {
      if (!signal.aborted) onEvent(event)
    },
  })
  try {
    for await (const chunk of bodyChunks(response, signal)) feed(chunk)
  } finally {
    clearTimeout(watch)
  }
  throw new RequestFailure('failed', 'the stream ended')
}
