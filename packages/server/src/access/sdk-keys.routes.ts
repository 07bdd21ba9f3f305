import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody, mergePatchBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { strictObject } from '../http/strict-object.ts'
import { findEnvironment } from '../projects/projects.queries.ts'
import { inDays, rotationSchema } from './lifetime.schemas.ts'
import { originsSchema } from './page-origins.ts'
import { bindSdkKey, createSdkKey, listSdkKeys, revokeSdkKey, rotateSdkKey } from './sdk-keys.commands.ts'

const tags = ['sdk keys']
const path = '/api/v1/projects/{project}/environments/{environment}/sdk-keys' as const
const params = z.object({ project: z.string(), environment: z.string() })

const sdkKeySchema = z
  .object({
    id: z.string(),
    kind: z.enum(['server', 'client']),
    name: z.string(),
    prefix: z.string(),
    origins: z.array(z.string()),
    createdAt: z.iso.datetime(),
    createdBy: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
    replaced: z.boolean(),
  })
  .openapi('SdkKey')

const newSdkKeySchema = strictObject({
  kind: z.enum(['server', 'client']),
  name: z.string().trim().min(1, 'Name it after the application that will use it.').max(100),
  days: z.int().min(1).max(3650).optional(),
  origins: originsSchema.default([]),
}).openapi('NewSdkKey')

const sdkKeyEditSchema = strictObject({ origins: originsSchema }).openapi('SdkKeyEdit')

const keyId = z.uuid('This is not the id of a key.')

export function sdkKeyRoutes({ store, sdkKeys }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('sdk-keys:write', {
        method: 'post',
        path,
        tags,
        summary: 'Make an SDK key; it is shown this once',
        request: { params, body: jsonBody(newSdkKeySchema) },
        responses: { 201: jsonAnswer(sdkKeySchema.extend({ key: z.string() }), 'The key with its secret.') },
      }),
      async (c) => {
        const { project, environment } = c.req.valid('param')
        const found = await findEnvironment(store.db, project, environment)
        const { days, ...input } = c.req.valid('json')
        return c.json(await createSdkKey(store.db, found, { ...input, expiresAt: inDays(days) }, actingIn(c)), 201)
      },
    )
    .openapi(
      apiRoute('sdk-keys:read', {
        method: 'get',
        path,
        tags,
        summary: 'The keys of an environment, without their secrets',
        request: { params },
        responses: { 200: jsonAnswer(z.object({ sdkKeys: z.array(sdkKeySchema) }), 'The keys that work.') },
      }),
      async (c) => {
        const { project, environment } = c.req.valid('param')
        const { id } = await findEnvironment(store.db, project, environment)
        return c.json({ sdkKeys: await listSdkKeys(store.db, id) }, 200)
      },
    )
    .openapi(
      apiRoute('sdk-keys:write', {
        method: 'patch',
        path: `${path}/{id}`,
        tags,
        summary: 'Say which pages may use a client key; none for pages of any origin',
        request: { params: params.extend({ id: keyId }), body: mergePatchBody(sdkKeyEditSchema) },
        responses: { 200: jsonAnswer(sdkKeySchema, 'The key as it is now. Every replica knows within 5 s.') },
      }),
      async (c) => {
        const { project, environment, id } = c.req.valid('param')
        const found = await findEnvironment(store.db, project, environment)
        const edited = await bindSdkKey(store.db, found, { id, ...c.req.valid('json') }, actingIn(c))
        sdkKeys.invalidate()
        return c.json(edited, 200)
      },
    )
    .openapi(
      apiRoute('sdk-keys:write', {
        method: 'post',
        path: `${path}/{id}/rotate`,
        tags,
        summary: 'Make a new key beside an old one, which goes on for a while',
        request: { params: params.extend({ id: keyId }), body: jsonBody(rotationSchema) },
        responses: { 201: jsonAnswer(sdkKeySchema.extend({ key: z.string() }), 'The new key with its secret.') },
      }),
      async (c) => {
        const { project, environment, id } = c.req.valid('param')
        const found = await findEnvironment(store.db, project, environment)
        const made = await rotateSdkKey(store.db, found, { id, ...c.req.valid('json') }, actingIn(c))
        sdkKeys.invalidate()
        return c.json(made, 201)
      },
    )
    .openapi(
      apiRoute('sdk-keys:write', {
        method: 'delete',
        path: `${path}/{id}`,
        tags,
        summary: 'Revoke a key: its streams close within 5 s',
        request: { params: params.extend({ id: keyId }) },
        responses: { 204: { description: 'Revoked.' } },
      }),
      async (c) => {
        const { project, environment, id } = c.req.valid('param')
        const found = await findEnvironment(store.db, project, environment)
        await revokeSdkKey(store.db, found, id, actingIn(c))
        sdkKeys.invalidate()
        return c.body(null, 204)
      },
    )
}
