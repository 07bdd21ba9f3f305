import { bodyChunks } from './body-chunks.ts'
import { type ReadSnapshot, readSnapshot } from './read-snapshot.ts'
import { askService, RequestFailure, type ServiceAddress, unref } from './service.ts'

/** A body of which nothing more comes is given up after this time. */
const STALLED_BODY_MS = 10_000
/** And the whole after this time: a body that drips would hold up the stream for ever. */
const WHOLE_BODY_MS = 5 * 60_000

/**
 * Fetches the snapshot; undefined when `etag` is still that of the service.
 * @param attempt aborted by the caller to drop the fetch, and from here when the body stalls
 * @throws RequestFailure or SnapshotError: keep what is held
 */
export async function downloadSnapshot(
  service: ServiceAddress,
  etag: string | undefined,
  attempt: AbortController,
  pause: () => Promise<void>,
): Promise<ReadSnapshot | undefined> {
  const response = await askService(service, {
    path: '/sdk/v1/snapshot',
    headers: { Accept: 'application/x-ndjson', 'If-None-Match': etag },
    signal: attempt.signal,
  })
  if (response.status === 304) {
    if (etag === undefined) throw new RequestFailure('failed', 'the service answers 304 to a first request')
    return undefined
  }
  let watch: ReturnType<typeof setTimeout> | undefined
  const watchStall = () => {
    clearTimeout(watch)
    const stalled = new RequestFailure('failed', 'the snapshot stalled on its way')
    watch = unref(setTimeout(() => attempt.abort(stalled), STALLED_BODY_MS))
  }
  watchStall()
  const tooSlow = new RequestFailure('failed', 'the snapshot takes too long on its way')
  const limit = unref(setTimeout(() => attempt.abort(tooSlow), WHOLE_BODY_MS))
  try {
    return await readSnapshot(bodyChunks(response, attempt.signal, watchStall), pause)
  } finally {
    clearTimeout(watch)
    clearTimeout(limit)
  }
}
