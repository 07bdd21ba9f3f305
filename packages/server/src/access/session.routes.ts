import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { limitSignIns } from '../http/limit-rate.ts'
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts'
import { describeGrants } from './describe-grants.ts'
import { PERMISSIONS, refusalsAt } from './permissions.ts'
import { ROLES } from './roles.ts'
import { createSession, deleteSession } from './session.commands.ts'

const actorSchema = z.object({ kind: z.enum(['person', 'token', 'ramp', 'system']), id: z.string(), name: z.string() })

const sessionSchema = z
  .object({
    actor: actorSchema,
    /** What the caller may do; `project` null means every project. */
    grants: z.array(
      z.object({
        project: z.string().nullable(),
        role: z.enum(ROLES),
        production: z.boolean(),
        kill: z.boolean(),
        environments: z.array(z.string()).nullable(),
      }),
    ),
  })
  .openapi('Session')

const refusedSchema = z.partialRecord(z.enum(PERMISSIONS), z.string())

const refusalsSchema = z
  .object({
    /** What is lacking in the project as a whole; a permission that is not named is there. */
    refused: refusedSchema,
    /** The same in each of its environments. */
    environments: z.record(z.string(), z.object({ refused: refusedSchema })),
  })
  .openapi('Refusals')

const signInSchema = z.strictObject({
  token: z.string().min(1, 'Paste an API token.').max(256),
  /** Shown in the history beside what this person does. */
  name: z.string().trim().max(100).optional(),
})

/** Signing in with an API token, which is exchanged for a cookie that scripts cannot read; who am I; signing out. */
export function sessionRoutes({ config, store, credentials }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      createRoute({
        method: 'post',
        path: '/api/v1/session',
        tags: ['session'],
        summary: 'Sign in with an API token',
        security: [],
        middleware: limitSignIns(config.proxies),
        request: { body: jsonBody(signInSchema) },
        responses: { 200: jsonAnswer(z.object({ actor: actorSchema }), 'Signed in; the cookie is set.') },
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
      async (c) => c.json({ actor: c.var.actor, grants: await describeGrants(store.db, c.var.grants) }, 200),
    )
    .openapi(
      apiRoute('account:read', {
        method: 'get',
        path: '/api/v1/session/refusals',
        tags: ['session'],
        summary: 'What I may not do in a project, and whom to ask, in words',
        request: { query: z.object({ project: z.string() }) },
        responses: { 200: jsonAnswer(refusalsSchema, 'The sentences that requests would be refused with.') },
      }),
      async (c) => {
        const { grants, places } = c.var
        const whole = await places.target(c.req.valid('query').project, undefined)
        const refused = refusalsAt(grants, whole)
        // The names of environments are for those who may see the project.
        const seen = refused['projects:read'] === undefined ? (whole.project?.environments ?? []) : []
        const environments = Object.fromEntries(
          seen.map((environment) => [environment.key, { refused: refusalsAt(grants, { ...whole, environment }) }]),
        )
        return c.json({ refused, environments }, 200)
      },
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
        const secret = readSessionCookie(c)
        if (secret) await deleteSession(store.db, secret)
        credentials.invalidate()
        clearSessionCookie(c)
        return c.body(null, 204)
      },
    )
}
