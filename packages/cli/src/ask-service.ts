// Calls the service's API with types taken from the server. Every refusal becomes a sentence that says what to do.
import type { AppType } from '@rampart/server/contract'
import { hc } from 'hono/client'
import type { Access } from './access.ts'
import { EXIT, Failure } from './failure.ts'

const PATIENCE_MS = 30_000
/** Failures before the first byte of a request has left. */
const NEVER_ARRIVED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|bad port)$/

export type Api = ReturnType<typeof askService>

/**
 * The API below /api/v1. Its answers are successes: anything else throws.
 * @throws Failure SERVICE from every call that is refused or not answered
 */
export function askService({ url, token }: Access) {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' }
  return hc<AppType>(url, { headers, fetch: (...request: Parameters<typeof fetch>) => send(url, ...request) }).api.v1
}

/** Parts of a path: the typed client puts them in as they are. */
export function pathParts<T extends Record<string, string>>(parts: T): T {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, encodeURIComponent(part)])) as T
}

async function send(url: string, ...[input, init]: Parameters<typeof fetch>): Promise<Response> {
  const isWrite = (init?.method ?? 'GET') !== 'GET'
  let response: Response
  let text: string
  try {
    // A redirect is not followed: the token goes to the address that was given and nowhere else.
    response = await fetch(input, { ...init, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) })
    text = await response.text()
  } catch (cause) {
    throw new Failure(EXIT.SERVICE, describeSilence(url, isWrite, cause), { cause })
  }
  if (response.ok && isJson(text)) return new Response(text, response)
  throw new Failure(EXIT.SERVICE, describeRefusal(url, response, text))
}

function describeSilence(url: string, isWrite: boolean, cause: unknown): string {
  if (cause instanceof Error && cause.name === 'TimeoutError') {
    const consequence = isWrite ? ' It may have been done, or not: look before you try again.' : ''
    return `${url} did not answer within ${PATIENCE_MS / 1_000} seconds.${consequence}`
  }
  const reason = reasonOf(cause)
  const consequence = !isWrite ? '' : NEVER_ARRIVED.test(reason) ? 'NOT applied: ' : 'It may have been done, or not: '
  return `${consequence}${url} cannot be reached (${reason}). Does the service run, and is the address right?`
}

function reasonOf(cause: unknown): string {
  // fetch says "fetch failed"; what failed stands in its cause.
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const code = (inner as NodeJS.ErrnoException | undefined)?.code
  return code ?? (inner instanceof Error ? inner.message : String(inner))
}

function describeRefusal(url: string, response: Response, text: string): string {
  const { status } = response
  if (status >= 300 && status < 400) {
    return `${url} sends us on to ${response.headers.get('Location') ?? 'another address'}. Give that address, if it is yours.`
  }
  const refusal = readRefusal(text)
  if (refusal === undefined) {
    return `${url} answered with status ${status}, and not as Rampart does. Is it the address of the service?`
  }
  if (status === 401) {
    return `${refusal.message} Check RAMPART_TOKEN or --token, and that they belong to ${url}.`
  }
  return refusal.requestId ? `${refusal.message} (request ${refusal.requestId})` : refusal.message
}

function readRefusal(text: string): { message: string; requestId?: string } | undefined {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; requestId?: string } }
    return typeof error?.message === 'string' ? { ...error, message: error.message } : undefined
  } catch {
    return undefined
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
