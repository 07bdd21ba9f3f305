import { bodyChunks } from './body-chunks.ts'
import { type ReadSnapshot, readSnapshot } from './read-snapshot.ts'
import { askService, RequestFailure, type ServiceAddress, unref } from './service.ts'

/** A body of which nothing more comes is given up after this time, however slow the whole may be. */
const STALLED_BODY_MS = 10_000

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
  try {
    return await readSnapshot(bodyChunks(response, attempt.signal, watchStall), pause)
  } finally {
    clearTimeout(watch)
  }
}
