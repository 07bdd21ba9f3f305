import type { Context } from 'hono'
import type { AppEnv } from '../http/app-env.ts'
import { answerError } from '../http/errors.ts'

/**
 * The usual refusal with the fields that OFREP clients look for beside it: without an error code of theirs they report an
 * "unexpected response" and nothing else.
 */
export async function answerOfrepError(thrown: unknown, c: Context<AppEnv>): Promise<Response> {
  const refusal = answerError(thrown, c)
  const { error } = (await refusal.json()) as { error: { code: string; message: string } }
  const key = keyIn(c.req.path)
  const errorCode = refusal.status === 400 ? 'INVALID_CONTEXT' : 'GENERAL'
  const body = { ...(key === undefined ? {} : { key }), errorCode, errorDetails: error.message, error }
  return new Response(JSON.stringify(body), { status: refusal.status, headers: refusal.headers })
}

/** From the path and not from the route: a refused credential never reaches it. */
function keyIn(path: string): string | undefined {
  const encoded = /\/flags\/([^/]+)$/.exec(path)?.[1]
  if (encoded === undefined) return undefined
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}
