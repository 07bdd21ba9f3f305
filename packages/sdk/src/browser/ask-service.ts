/** Where a page's requests go. */
export interface PageService {
  url: string
  clientKey: string
  fetch: typeof fetch
}

/** Why a request brought nothing. */
export interface Refusal extends Error {
  /** Milliseconds that the service asks to be left alone. */
  waitMs?: number
  /** The key is wrong or revoked. */
  isFinal?: boolean
}

/** A refused key is tried again all the same: keys get repaired. */
const REFUSED_MS = 150_000
/** No service may send its pages away for longer. */
const LONGEST_WAIT_MS = 300_000

/**
 * Resolves with an answer of status 2xx: a POST when there is a body. No cookie goes along, no cache is asked.
 * @throws Refusal for any other status, and what `fetch` throws
 */
export async function askService(
  { url, clientKey, fetch: send }: PageService,
  path: string,
  init: RequestInit,
): Promise<Response> {
  const response = await send(url + path, {
    method: init.body ? 'POST' : 'GET',
    cache: 'no-store',
    credentials: 'omit',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${clientKey}` },
    ...init,
  })
  const { status } = response
  if (response.ok) return response
  const isFinal = status === 401 || status === 403
  const askedMs = Math.min(Number(response.headers.get('Retry-After')) * 1_000 || 0, LONGEST_WAIT_MS)
  throw Object.assign(new Error(`status ${status}`), {
    isFinal,
    waitMs: isFinal ? REFUSED_MS : askedMs,
  })
}
