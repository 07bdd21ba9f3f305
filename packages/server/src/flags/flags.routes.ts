import { OpenAPIHono, z } from '@hono/zod-openapi'
import type { Deps } from '../deps.ts'
import { actingIn } from '../http/acting.ts'
import { apiRoute, jsonAnswer, jsonBody, mergePatchBody } from '../http/api-route.ts'
import type { AppEnv } from '../http/app-env.ts'
import { strictObject } from '../http/strict-object.ts'
import { reasonSchema } from './configuration.schemas.ts'
import { cloneFlag } from './clone-flag.ts'
import { createFlag } from './create-flag.ts'
import { dependentsOf } from './dependents.ts'
import { archiveFlag, editFlag } from './edit-flag.ts'
import { findFlag, listFlagKeys, readFlag } from './flags.queries.ts'
import {
  cloneSchema,
  dependentsSchema,
  flagKeysSchema,
  flagListQuerySchema,
  flagPatchSchema,
  flagSchema,
  flagSummarySchema,
  newFlagSchema,
  staleFlagsSchema,
} from './flags.schemas.ts'
import { listFlags } from './list-flags.ts'
import { listStaleFlags } from './stale-flags.ts'
import { undoArchive } from './undo-archive.ts'

const tags = ['flags']
const ofProject = z.object({ project: z.string() })
const ofFlag = z.object({ project: z.string(), flag: z.string() })

export function flagRoutes({ store }: Deps) {
  return new OpenAPIHono<AppEnv>()
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/flags',
        tags,
        summary: 'Every flag with one line per environment',
        request: { params: ofProject, query: flagListQuerySchema },
        responses: { 200: jsonAnswer(z.object({ flags: z.array(flagSummarySchema) }), 'The flags, by key.') },
      }),
      async (c) => {
        const { archived, include, limit } = c.req.valid('query')
        const wanted = { archived: archived === 'true', variants: include === 'variants', limit }
        return c.json({ flags: await listFlags(store.db, c.req.valid('param').project, wanted) }, 200)
      },
    )
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/flag-keys',
        tags,
        summary: 'Keys and names of the flags in use, for completion',
        request: { params: ofProject },
        responses: { 200: jsonAnswer(flagKeysSchema, 'By key.') },
      }),
      async (c) => c.json({ flags: await listFlagKeys(store.db, c.req.valid('param').project) }, 200),
    )
    .openapi(
      apiRoute('flags:create', {
        method: 'post',
        path: '/api/v1/projects/{project}/flags',
        tags,
        summary: 'Create a flag: off everywhere, reaching nobody',
        request: { params: ofProject, body: jsonBody(newFlagSchema) },
        responses: { 201: jsonAnswer(flagSchema, 'The new flag.') },
      }),
      async (c) => {
        const { project } = c.req.valid('param')
        const input = c.req.valid('json')
        await createFlag(store.db, project, input, actingIn(c, input.reason))
        c.header('Location', `/api/v1/projects/${encodeURIComponent(project)}/flags/${encodeURIComponent(input.key)}`)
        return c.json(await readFlag(store.db, project, input.key), 201)
      },
    )
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/flags/{flag}',
        tags,
        summary: 'A flag with its configuration in every environment',
        request: { params: ofFlag },
        responses: { 200: jsonAnswer(flagSchema, 'The flag.') },
      }),
      async (c) => {
        const { project, flag } = c.req.valid('param')
        return c.json(await readFlag(store.db, project, flag), 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'patch',
        path: '/api/v1/projects/{project}/flags/{flag}',
        tags,
        summary: 'Change what describes a flag, never what it serves',
        request: { params: ofFlag, body: mergePatchBody(flagPatchSchema) },
        responses: { 200: jsonAnswer(flagSchema, 'The flag as it is now.') },
      }),
      async (c) => {
        const { project, flag } = c.req.valid('param')
        const { reason, ...patch } = c.req.valid('json')
        await editFlag(store.db, project, flag, patch, actingIn(c, reason))
        return c.json(await readFlag(store.db, project, flag), 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: '/api/v1/projects/{project}/flags/{flag}/archive',
        tags,
        summary: 'Take a flag out of service; its key stays reserved',
        request: { params: ofFlag, body: jsonBody(strictObject({ reason: reasonSchema })) },
        responses: { 200: jsonAnswer(flagSchema, 'The archived flag.') },
      }),
      async (c) => {
        const { project, flag } = c.req.valid('param')
        await archiveFlag(store.db, project, flag, actingIn(c, c.req.valid('json').reason))
        return c.json(await readFlag(store.db, project, flag), 200)
      },
    )
    .openapi(
      apiRoute('flags:write', {
        method: 'post',
        path: '/api/v1/projects/{project}/flags/{flag}/archive/undo',
        tags,
        summary: 'Take an archive back, for thirty seconds: the flag serves again what it served',
        request: {
          params: ofFlag,
          body: jsonBody(strictObject({ entry: z.uuid('Name the entry of the history.'), reason: reasonSchema })),
        },
        responses: { 200: jsonAnswer(flagSchema, 'The flag as it is now.') },
      }),
      async (c) => {
        const { project, flag } = c.req.valid('param')
        const { entry, reason } = c.req.valid('json')
        await undoArchive(store.db, project, flag, entry, actingIn(c, reason))
        return c.json(await readFlag(store.db, project, flag), 200)
      },
    )
    .openapi(
      apiRoute('flags:create', {
        method: 'post',
        path: '/api/v1/projects/{project}/flags/{flag}/clone',
        tags,
        summary: 'A new flag with the variants, targets and rules of this one, off everywhere',
        request: { params: ofFlag, body: jsonBody(cloneSchema) },
        responses: { 201: jsonAnswer(flagSchema, 'The new flag.') },
      }),
      async (c) => {
        const { project, flag } = c.req.valid('param')
        const input = c.req.valid('json')
        await cloneFlag(store.db, project, flag, input, actingIn(c, input.reason))
        c.header('Location', `/api/v1/projects/${encodeURIComponent(project)}/flags/${encodeURIComponent(input.key)}`)
        return c.json(await readFlag(store.db, project, input.key), 201)
      },
    )
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/flags/{flag}/dependents',
        tags,
        summary: 'Flags that have this one as a prerequisite',
        request: { params: ofFlag },
        responses: { 200: jsonAnswer(dependentsSchema, 'By key and environment.') },
      }),
      async (c) => {
        const { project, flag } = c.req.valid('param')
        return c.json({ dependents: await dependentsOf(store.db, await findFlag(store.db, project, flag)) }, 200)
      },
    )
    .openapi(
      apiRoute('flags:read', {
        method: 'get',
        path: '/api/v1/projects/{project}/stale',
        tags,
        summary: 'Flags that nobody needs any more, and what to delete',
        request: { params: ofProject },
        responses: { 200: jsonAnswer(staleFlagsSchema, 'Longest first.') },
      }),
      async (c) => c.json({ flags: await listStaleFlags(store.db, c.req.valid('param').project) }, 200),
    )
}
