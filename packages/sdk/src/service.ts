// Requests to the service, and what its answers mean. The key goes to the configured address and nowhere else:
// redirects are not followed.
import { retryAfterMs } from './backoff.ts'
import { bodyChunks } from './body-chunks.ts'

/** Until the headers of an answer have arrived: a black hole must not hold a connection for ever. */
const HEADERS_TIMEOUT_MS = 10_000
/** Until a short answer is there as a whole. */
const ANSWER_TIMEOUT_MS = 20_000
/** More than any answer to a report has to say. */
const ANSWER_LIMIT_BYTES = 65_536

export interface ServiceAddress {
  /** Without a slash at its end. */
  url: string
  sdkKey: string
  /** Random id of this process and key. */
  instance: string
  name: string | undefined
  /** `rampart-node/0.1.0` */
  sdk: string
  fetch: typeof fetch | undefined
}

export type FailureKind = 'refused' | 'busy' | 'failed' | 'rejected'

/** Why a request brought nothing. The message is a sentence for a person. */
export class RequestFailure extends Error {
  readonly kind: FailureKind
  readonly waitMs: number | undefined

  constructor(kind: FailureKind, message: string, waitMs?: number, cause?: unknown) {
    super(message, { cause })
    this.name = 'RequestFailure'
    this.kind = kind
    this.waitMs = waitMs
  }
}

export interface ServiceRequest {
  path: string
  headers?: Record<string, string | undefined>
  body?: string
  /** Ends the request, and the reading of its body. */
  signal: AbortSignal
}

/**
 * Resolves with an answer of status 2xx or 304 as soon as its headers are there.
 * @throws RequestFailure for everything else, an abort included
 */
export async function askService(service: ServiceAddress, request: ServiceRequest): Promise<Response> {
  const abort = new AbortController()
  const onOuterAbort = () => abort.abort(request.signal.reason)
  if (request.signal.aborted) onOuterAbort()
  request.signal.addEventListener('abort', onOuterAbort, { once: true })
  const timer = unref(setTimeout(() => abort.abort(new Error('no answer in time')), HEADERS_TIMEOUT_MS))
  let response: Response
  try {
    const answer = (service.fetch ?? globalThis.fetch)(service.url + request.path, {
      method: request.body === undefined ? 'GET' : 'POST',
      headers: headersOf(service, request),
      redirect: 'manual',
      signal: abort.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
    })
    response = await unlessAborted(abort.signal, answer)
  } catch (cause) {
    request.signal.removeEventListener('abort', onOuterAbort)
    const detail = abort.signal.aborted ? messageOf(abort.signal.reason) : messageOf(cause)
    throw new RequestFailure('failed', `the service cannot be reached (${detail})`, undefined, cause)
  } finally {
    clearTimeout(timer)
  }
  if (response.ok || response.status === 304) return response
  request.signal.removeEventListener('abort', onOuterAbort)
  response.body?.cancel().catch(() => undefined)
  throw failureOf(response)
}

/** A `fetch` of the application's own may not heed its signal. Nobody waits for it longer than that. */
function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/**
 * Posts JSON and resolves with the JSON that comes back, undefined when that is none. `abort` ends it early.
 * @throws RequestFailure
 */
export async function postToService(
  service: ServiceAddress,
  path: string,
  body: string,
  headers: Record<string, string> = {},
  abort: AbortController = new AbortController(),
): Promise<unknown> {
  const timer = unref(setTimeout(() => abort.abort(new Error('no answer in time')), ANSWER_TIMEOUT_MS))
  try {
    const response = await askService(service, { path, body, headers, signal: abort.signal })
    return await readAnswer(response, abort.signal).catch(() => undefined)
  } finally {
    clearTimeout(timer)
  }
}

async function readAnswer(response: Response, signal: AbortSignal): Promise<unknown> {
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ''
  for await (const chunk of bodyChunks(response, signal)) {
    bytes += chunk.byteLength
    if (bytes > ANSWER_LIMIT_BYTES) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return JSON.parse(text + decoder.decode())
}

function headersOf(service: ServiceAddress, request: ServiceRequest): Headers {
  const headers = new Headers({
    Authorization: `Bearer ${service.sdkKey}`,
    'Rampart-Instance': service.instance,
    'Rampart-SDK': service.sdk,
  })
  if (service.name !== undefined) headers.set('Rampart-Name', service.name)
  if (request.body !== undefined) headers.set('Content-Type', 'application/json')
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (value !== undefined) headers.set(name, value)
  }
  return headers
}

function failureOf(response: Response): RequestFailure {
  const { status } = response
  if (status === 401 || status === 403) {
    return new RequestFailure(
      'refused',
      `the service refuses the SDK key (${status}): is it revoked, or of the wrong kind?`,
    )
  }
  if (status === 429 || status === 503) {
    const waitMs = retryAfterMs(response.headers.get('Retry-After'), Date.now())
    return new RequestFailure('busy', `the service is busy (${status})`, waitMs)
  }
  // `redirect: 'manual'` shows the 3xx itself in Node, and an opaque answer of status 0 elsewhere.
  if (status === 0 || (status >= 300 && status < 400)) {
    return new RequestFailure(
      'failed',
      'the service answers with a redirect, which is not followed: set `url` to where it leads',
    )
  }
  if (status === 404) {
    return new RequestFailure('failed', 'the service answers with status 404: is `url` the address of Rampart?')
  }
  const kind = status >= 400 && status < 500 && status !== 408 ? 'rejected' : 'failed'
  return new RequestFailure(kind, `the service answers with status ${status}`)
}

/** Timers of the SDK must not keep a process alive. Browsers and edge runtimes return a number, which needs nothing. */
export function unref<T>(timer: T): T {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref()
  return timer
}

/** The message of whatever was thrown, with the cause that `fetch` hides inside its "fetch failed". */
export function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  if (thrown instanceof RequestFailure) return thrown.message
  const { cause } = thrown
  return cause instanceof Error && cause.message !== '' ? `${thrown.message}: ${cause.message}` : thrown.message
}
