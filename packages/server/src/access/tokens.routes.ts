import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { strictObject } from '../http/strict-object.ts'
import { findProject } from '../projects/projects.queries.ts'
import { inDays, rotationSchema } from './lifetime.schemas.ts'
import { ROLES } from './roles.ts'
import { createToken, environmentIdsOf, listTokens, revokeToken, rotateToken } from './tokens.commands.ts'

const tags = ['api tokens']
const rights = { role: z.enum(ROLES), production: z.boolean(), kill: z.boolean() }
const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    ...rights,
    everywhere: z.boolean(),
    environments: z.array(z.string()).nullable(),
    fromEnvironment: z.boolean(),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
    replaced: z.boolean(),
  })
  .openapi('ApiToken')
const madeSchema = tokenSchema.extend({ token: z.string() })

const named = {
  name: z.string().trim().min(1, 'Name it after the program that will use it.').max(100),
  ...rights,
  days: z.int().min(1).max(3650).optional(),
}
const newTokenSchema = strictObject({
  ...named,
  /** The only environments it may touch; left out, all of the project. */
  environments: z.array(z.string()).min(1).max(100).optional(),
}).openapi('NewApiToken')
const newWideTokenSchema = strictObject(named).openapi('NewWideApiToken')

const inProject = z.object({ project: z.string() })
const id = z.uuid('This is not the id of a token.')
const list = { 200: jsonAnswer(z.object({ tokens: z.array(tokenSchema) }), 'The tokens that work.') }
const made = { 201: jsonAnswer(madeSchema, 'The token with its secret.') }
const revoked = { 204: { description: 'Revoked on every replica within 5 s.' } }

/** API tokens of one project and, without `/projects/{project}`, those of all projects. */
export function tokenRoutes({ store, credentials }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('tokens:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/tokens',
        tags,
        summary: 'API tokens of a project, without their secrets',
        request: { params: inProject },
        responses: list,
      }),
      async (c) =>
        c.json(
          { tokens: await listTokens(store.db, (await findProject(store.db, c.req.valid('param').project)).id) },
          200,
        ),
    )
    .openapi(
      apiRoute('tokens:write', {
        method: 'post',
        path: '/api/v1/projects/{project}/tokens',
        tags,
        summary: 'Make an API token of a project; it is shown this once',
        request: { params: inProject, body: jsonBody(newTokenSchema) },
        responses: made,
      }),
      async (c) => {
        const { name, days, environments, ...given } = c.req.valid('json')
        const { id: projectId } = await findProject(store.db, c.req.valid('param').project)
        const environmentIds = environments ? await environmentIdsOf(store.db, projectId, environments) : null
        const input = { name, grant: { ...given, projectId, environmentIds }, expiresAt: inDays(days) }
        return c.json(await createToken(store.db, input, actingIn(c), c.var.grants), 201)
      },
    )
    .openapi(
      apiRoute('tokens:write', {
        method: 'post',
        path: '/api/v1/projects/{project}/tokens/{id}/rotate',
        tags,
        summary: 'Make a new token beside an old one, which goes on for a while',
        request: { params: inProject.extend({ id }), body: jsonBody(rotationSchema) },
        responses: made,
      }),
      async (c) => {
        const input = {
          projectId: (await findProject(store.db, c.req.valid('param').project)).id,
          id: c.req.valid('param').id,
          ...c.req.valid('json'),
        }
        const rotated = await rotateToken(store.db, input, actingIn(c), c.var.grants)
        credentials.invalidate()
        return c.json(rotated, 201)
      },
    )
    .openapi(
      apiRoute('tokens:write', {
        method: 'delete',
        path: '/api/v1/projects/{project}/tokens/{id}',
        tags,
        summary: 'Revoke an API token',
        request: { params: inProject.extend({ id }) },
        responses: revoked,
      }),
      async (c) => {
        await revokeToken(
          store.db,
          (await findProject(store.db, c.req.valid('param').project)).id,
          c.req.valid('param').id,
          actingIn(c),
          c.var.grants,
        )
        credentials.invalidate()
        return c.body(null, 204)
      },
    )
    .openapi(
      apiRoute('tokens:read', {
        method: 'get',
        path: '/api/v1/tokens',
        tags,
        summary: 'API tokens for all projects, without their secrets',

        responses: list,
      }),
      async (c) => c.json({ tokens: await listTokens(store.db, null) }, 200),
    )
    .openapi(
      apiRoute('tokens:write', {
        method: 'post',
        path: '/api/v1/tokens',
        tags,
        summary: 'Make an API token for all projects; it is shown this once',
        request: { body: jsonBody(newWideTokenSchema) },
        responses: made,
      }),
      async (c) => {
        const { name, days, ...given } = c.req.valid('json')
        const input = { name, grant: { ...given, projectId: null, environmentIds: null }, expiresAt: inDays(days) }
        return c.json(await createToken(store.db, input, actingIn(c), c.var.grants), 201)
      },
    )
    .openapi(
      apiRoute('tokens:write', {
        method: 'post',
        path: '/api/v1/tokens/{id}/rotate',
        tags,
        summary: 'Make a new token beside an old one, which goes on for a while',
        request: { params: z.object({ id }), body: jsonBody(rotationSchema) },
        responses: made,
      }),
      async (c) => {
        const input = { projectId: null, id: c.req.valid('param').id, ...c.req.valid('json') }
        const rotated = await rotateToken(store.db, input, actingIn(c), c.var.grants)
        credentials.invalidate()
        return c.json(rotated, 201)
      },
    )
    .openapi(
      apiRoute('tokens:write', {
        method: 'delete',
        path: '/api/v1/tokens/{id}',
        tags,
        summary: 'Revoke an API token',
        request: { params: z.object({ id }) },
        responses: revoked,
      }),
      async (c) => {
        await revokeToken(store.db, null, c.req.valid('param').id, actingIn(c), c.var.grants)
        credentials.invalidate()
        return c.body(null, 204)
      },
    )
}
