// The one place that talks HTTP. Everything under /api/v1 goes by the session cookie, which scripts cannot read.

export interface Refusal {
  code: string
  message: string
  details?: unknown
  requestId?: string
}

/** An answer that is not a success. `status` is 0 when no answer came at all, with code UNREACHABLE. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly details: unknown
  readonly requestId: string | null

  constructor(status: number, refusal: Refusal) {
    super(refusal.message)
    this.name = 'ApiError'
    this.status = status
    this.code = refusal.code
    this.details = refusal.details
    this.requestId = refusal.requestId ?? null
  }
}

/** Fires `ended` when an answer says that nobody is signed in any more, `refused` when they lack a right. */
export const session = new EventTarget()

/** Fires `done` after every write that the service took: somebody may want it back. */
export const writes = new EventTarget()

export interface Call {
  body?: unknown
  /** Version the edit started from; sent as If-Match. */
  version?: number
  signal?: AbortSignal
}

/** Path below /api/v1, every part escaped: `path('projects', project, 'flags')`. */
export function path(...parts: string[]): string {
  return `/api/v1/${parts.map(encodeURIComponent).join('/')}`
}

/** Sends one request and reads its JSON. Throws ApiError for refusals and lost connections, and the abort as it is. */
export async function send<T>(method: string, url: string, call: Call = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (call.body !== undefined) {
    headers['content-type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
  }
  if (call.version !== undefined) headers['if-match'] = `"v${call.version}"`
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.signal ? { signal: call.signal } : {}),
    })
  } catch (cause) {
    if (call.signal?.aborted) throw cause
    throw new ApiError(0, {
      code: 'UNREACHABLE',
      message: 'The service did not answer. Check the connection and try again.',
    })
  }
  if (response.ok && method !== 'GET') writes.dispatchEvent(new Event('done'))
  if (response.status === 204) return undefined as T
  const text = await response.text()
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T
  const error = new ApiError(response.status, refusalIn(text, response.status))
  if (error.status === 403) session.dispatchEvent(new Event('refused'))
  if (error.status === 401) session.dispatchEvent(new Event('ended'))
  throw error
}

// A proxy between us and the service answers in HTML; that must still become a sentence.
function refusalIn(text: string, status: number): Refusal {
  try {
    const { error } = JSON.parse(text) as { error?: Refusal }
    if (error?.code && error.message) return error
  } catch {
    // not JSON: told below
  }
  return { code: 'INTERNAL', message: `The service answered with status ${status} and no explanation.` }
}
