import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { AppEnv } from './app-env.ts'
import { DomainError, invalidInput } from './errors.ts'
import { scanJson } from './scan-json.ts'

/** Largest bodies, in bytes. */
export const ADMIN_BODY_BYTES = 1024 * 1024
/** A group of alerts with all their labels. */
export const ALERT_BODY_BYTES = 1024 * 1024
export const TELEMETRY_BODY_BYTES = 1024 * 1024
export const RECEIPTS_BODY_BYTES = 64 * 1024
export const EVALUATE_BODY_BYTES = 64 * 1024

const JSON_TYPE = /^application\/(merge-patch\+)?json\s*(;|$)/i
const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/**
 * Reads the body of writing requests once, within `maxBytes`, and checks what no schema sees: size (by Content-Length
 * and again while reading), media type, encoding, nesting, duplicate and dangerous keys. The text stays cached in the
 * request, where the route's schema finds it.
 */
export function readJsonBody(maxBytes: number): MiddlewareHandler<AppEnv> {
  function refuse(): never {
    throw new DomainError('BODY_TOO_LARGE', `The body is larger than ${maxBytes / 1024} kB. Send less at once.`)
  }
  const limit = bodyLimit({ maxSize: maxBytes, onError: refuse })
  return async function readJsonBody(c, next) {
    if (!METHODS_WITH_BODY.has(c.req.method)) return next()
    // Node never reads past a declared length, so that is enough where there is one. Counting while reading costs a web
    // stream per request, and ten thousand receipts of a kill arrive within two seconds.
    const declared = c.req.header('content-length')
    if (
      declared !== undefined &&
      /^\d{1,15}$/.test(declared) &&
      !c.req.header('transfer-encoding') &&
      c.env?.incoming
    ) {
      if (Number(declared) > maxBytes) refuse()
      await readOnce(c)
      return next()
    }
    const response = await limit(c, async () => {
      await readOnce(c)
      await next()
    })
    return response
  }
}

async function readOnce(c: Context<AppEnv>): Promise<void> {
  if (c.req.header('content-encoding')) {
    throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'Send the body as it is: Content-Encoding is not accepted here.')
  }
  const text = await c.req.text()
  const type = c.req.header('content-type')
  if (text === '') {
    // A kill at 3 a.m. needs no body. An empty one is an empty object; a schema that needs fields will ask for them.
    // The cache holds promises, although its type says text.
    if (type !== undefined) c.req.bodyCache.text = Promise.resolve('{}') as unknown as string
    return
  }
  if (!JSON_TYPE.test(type ?? '')) {
    throw new DomainError('UNSUPPORTED_MEDIA_TYPE', 'Send JSON with the header "Content-Type: application/json".')
  }
  const problem = scanJson(text)
  if (problem) throw invalidInput([problem])
  try {
    JSON.parse(text)
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new DomainError('INVALID_INPUT', `The body is not valid JSON: ${message}`, {
      details: [{ path: '', message }],
      cause,
    })
  }
}
