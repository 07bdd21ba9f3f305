import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { getCookie } from 'hono/cookie'
import type { Deps } from '../deps.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { limitSignIns } from '../http/limit-rate.ts'
import { hashSecret } from './secrets.ts'
import { clearSessionCookie, SESSION_COOKIE, setSessionCookie } from './session-cookie.ts'
import { createSession, deleteSession } from './session.commands.ts'

const sessionSchema = z
  .object({
    actor: z.object({ kind: z.enum(['person', 'token', 'ramp', 'system']), id: z.string(), name: z.string() }),
  })
  .openapi('Session')

const signInSchema = z.strictObject({
  token: z.string().min(1, 'Paste an API token.').max(256),
  /** Shown in the history beside what this person does. */
  name: z.string().trim().max(100).optional(),
})

/** Signing in and out of the admin UI: an API token is exchanged for a cookie that scripts cannot read. */
export function sessionRoutes({ store, credentials }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/session',
        tags: ['session'],
        summary: 'Sign in',
        security: [],
        middleware: limitSignIns(),
        request: { body: jsonBody(signInSchema) },
        responses: { 200: jsonAnswer(sessionSchema, 'Signed in; the cookie is set.') },
      }),
      async (c) => {
        const { secret, actor } = await createSession(store.db, c.req.valid('json'))
        setSessionCookie(c, secret)
        return c.json({ actor }, 200)
      },
    )
    .openapi(
      apiRoute('account:read', {
        method: 'get',
        path: '/api/v1/session',
        tags: ['session'],
        summary: 'Who am I',
        responses: { 200: jsonAnswer(sessionSchema, 'Whoever the credential belongs to.') },
      }),
      (c) => c.json({ actor: c.var.actor }, 200),
    )
    .openapi(
      apiRoute('account:write', {
        method: 'delete',
        path: '/api/v1/session',
        tags: ['session'],
        summary: 'Sign out',
        responses: { 204: { description: 'Signed out.' } },
      }),
      async (c) => {
        const secret = getCookie(c, SESSION_COOKIE)
        if (secret) {
          credentials.forgetSession(hashSecret(secret))
          await deleteSession(store.db, hashSecret(secret))
        }
        clearSessionCookie(c)
        return c.body(null, 204)
      },
    )
}
